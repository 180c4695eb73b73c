#pragma once
// The requests that PostgreSQL's own log tells of, in csvlog or jsonlog: one for each statement whose duration it
// holds, by log_min_duration_statement, log_duration or log_min_duration_sample. Source of the messages:
// src/backend/tcop/postgres.c (exec_simple_query, exec_parse_message, exec_bind_message, exec_execute_message). A row
// is written when what it tells has ended. Of the extended protocol up to three rows make one request, of one session
// and one statement: parse, bind and execute, whose durations are summed, as the client waits for all of them at once;
// the request ends with its execute. A durations' row without its text goes by the statement that log_statement wrote
// before it in that session, else by its command and query_id. Limits: times of rows are to the millisecond, durations
// to the microsecond; durations hold no way to the client and back, nor the time in PgBouncer; English messages
// (lc_messages); no plans (auto_explain), which index_plans_json.h reads.

#include "plan/capture/request_log.h"

namespace capplan::plan {

/// Reads the log of a manifest whose format is postgresql-csvlog or postgresql-jsonlog. Statements that ended in an
/// error are counted as failed. Throws core::InputError if the log cannot be read, or holds no duration; and, unless
/// lenient, if it is damaged, or more than 0.1 % of its rows are malformed, beside those that its ends may have cut.
RequestLog read_server_requests(const CaptureManifest& manifest, bool lenient = false);

}  // namespace capplan::plan
