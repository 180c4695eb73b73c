// The text of a capture's plan. Sources: PostgreSQL's documentation, "Error Reporting and Logging", "auto_explain",
// "pg_stat_statements" and "pgbench", with its release notes for what each version brought; PgBouncer's usage page.
// Sizes of logs: those of tests/plan/data/server_log, seven classes over the extended protocol. Limits: capture_plan.h.

#include "plan/capture/capture_plan.h"

#include <fmt/format.h>

#include "core/error.h"

namespace capplan::plan {

namespace {

constexpr int sampling_since = 13;
constexpr int query_id_since = 14;
constexpr int jsonlog_since = 15;

std::string statements_section(int version) {
  std::string text = fmt::format(
      R"(1. Log the duration of statements (PostgreSQL {})
   In psql, as a superuser. Everything takes effect on reload; logging_collector alone,
   where it is off, needs a restart. Keep a copy of postgresql.auto.conf, below the
   data_directory: putting it back and reloading undoes everything here.

     SHOW logging_collector;                                  -- must be on
     ALTER SYSTEM SET log_destination = 'csvlog';
)",
      version);
  if (version >= jsonlog_since) text += "     -- or 'jsonlog', which this version has too; it is half as large again\n";
  text += R"(     ALTER SYSTEM SET log_timezone = 'UTC';
     ALTER SYSTEM SET lc_messages = 'C';
     ALTER SYSTEM SET log_min_duration_statement = 0;         -- every statement, with its text
     ALTER SYSTEM SET log_duration = off;                     -- would add durations without their text
     ALTER SYSTEM SET log_statement = 'none';
)";
  if (version >= query_id_since) text += "     ALTER SYSTEM SET compute_query_id = on;\n";
  text += "     SELECT pg_reload_conf();\n\n";
  if (version >= sampling_since)
    text += R"(   Too much traffic for that (above some thousand statements a second)? Log a sample. The
   manifest then says sample_rate = 0.05:

     ALTER SYSTEM SET log_min_duration_statement = -1;
     ALTER SYSTEM SET log_min_duration_sample = 0;
     ALTER SYSTEM SET log_statement_sample_rate = 0.05;
     SELECT pg_reload_conf();

)";
  else
    text += R"(   Too much traffic for that? This version cannot sample single statements (13 and later
   can), but whole transactions. The manifest then says sample_rate = 0.05:

     ALTER SYSTEM SET log_min_duration_statement = -1;
     ALTER SYSTEM SET log_transaction_sample_rate = 0.05;
     SELECT pg_reload_conf();

)";
  return text;
}

std::string counters_section(int version, bool bouncer) {
  std::string text = fmt::format(
      R"(2. Set counters back, just before
   pg_stat_statements must be in shared_preload_libraries (a restart, if it is not).

     CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
     ALTER SYSTEM SET track_io_timing = on;
     SELECT pg_reload_conf();
     SELECT pg_stat_statements_reset();{}

)",
      version >= 13 ? "\n     -- pg_stat_statements.track_planning stays off: it costs, and calibrate needs it not"
                    : "");
  if (bouncer)
    text += R"(   PgBouncer counts since its start: note what it says now and again at the end.

     psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW STATS' > before.show_stats.csv
     psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW POOLS' > before.show_pools.csv
     psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW CONFIG' > show_config.csv

)";
  return text;
}

constexpr const char* plans_section = R"(3. Plans, for a minute, apart from the rest
   For calibrate --index-plans, and for capplan inspect to show where the time goes. New
   sessions alone take it up.

     LOAD 'auto_explain';                                     -- its settings are known from here on
     ALTER SYSTEM SET session_preload_libraries = 'auto_explain';
     ALTER SYSTEM SET auto_explain.log_min_duration = 0;
     ALTER SYSTEM SET auto_explain.sample_rate = 0.02;
     ALTER SYSTEM SET auto_explain.log_analyze = on;
     ALTER SYSTEM SET auto_explain.log_buffers = on;
     ALTER SYSTEM SET auto_explain.log_timing = on;
     ALTER SYSTEM SET auto_explain.log_format = 'json';
     SELECT pg_reload_conf();

)";

constexpr const char* cost_section = R"(4. For how long, and what it costs
   Ten minutes at a busy time and ten at a quiet one: a class needs 200 requests, and its
   p99 some thousands. Of the plans one minute.
   - Log: about 1.1 kB a request as csvlog and 1.6 kB as jsonlog over the extended protocol,
     whose three rows (parse, bind, execute) each hold the statement; a third of it over the
     simple one. 1,000 requests a second for ten minutes are 0.7 GB; about 3 kB a plan.
     (measured: sample logs of this project, seven classes.) gzip leaves a twentieth.
   - Time: each row is formatted by its backend and written by one logging process. How much
     that is on your host, the probes of step 6 say: take them with and without logging.
   - log_analyze times every node of the statements that sample_rate picks: "this can have an
     extremely negative impact on performance" (PostgreSQL, auto_explain.log_analyze).
     Hence the minute, and hence apart from step 1: durations taken meanwhile are too long.
   - track_io_timing asks for the time around each read; pg_test_timing says what that costs
     on your host (PostgreSQL, track_io_timing).

)";

std::string home_section(bool bouncer) {
  std::string text = R"(5. Take it home, and switch it off
     psql -At -c "SELECT pg_current_logfile('csvlog');"       # the file, below data_directory
     gzip -c THE_FILE > production.csvlog.gz
     psql --csv -c 'SELECT * FROM pg_stat_statements' > production.pg_stat_statements.csv
     psql --csv -c 'SELECT name, setting, unit FROM pg_settings' > pg_settings.csv
)";
  if (bouncer)
    text += R"(     psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW STATS' > after.show_stats.csv
     psql -p 6432 -U pgbouncer pgbouncer --csv -c 'SHOW POOLS' > after.show_pools.csv
)";
  text += R"(     cp THE_COPY postgresql.auto.conf && psql -c 'SELECT pg_reload_conf()'

   The log holds the statements and their parameters: treat it as you treat the data.

)";
  return text;
}

std::string staging_section(bool bouncer) {
  const char* const port = bouncer ? " -p 6432" : "";
  std::string text = fmt::format(
      R"(6. On a staging host: the loads that tell the parts of a duration apart
   Production shows one load. What a statement needs of a core, what it waits and what the
   way to the client costs come apart only at several: one client alone, a light open load,
   and two or three at 25 to 60 % of the server's CPU with other numbers of connections.
   pgbench beside the server, not on it. One file a class, one statement each.

     classes="-f search.sql@60 -f point.sql@20 -f insert.sql@2"    # weights as in production
     cpu() {{ systemctl show -P CPUUsageNSec postgresql@NN-main; }}   # on the server, or ssh
     probe() {{ pgbench{0} -n -M extended -c 1 -T 3 -f point.sql DB | grep 'latency average'; }}
{1}     take() {{  # NAME SECONDS FLAGS...
       name=$1 seconds=$2; shift 2
       probe; psql -qc 'SELECT pg_stat_statements_reset()' DB{2}; before=$(cpu)
       pgbench{0} -n -M extended -j 1 -T $seconds "$@" $classes --log --log-prefix=$name DB
       after=$(cpu); psql --csv -c 'SELECT * FROM pg_stat_statements' DB > $name.pg_stat_statements.csv{3}; probe
       echo "server_cpu = ($after - $before) / 1e9 / $seconds / cores of the server"
       cat $name.[0-9]* | gzip > $name.log.gz
     }}
     take alone 30 -c 1               # prints tps: call it A, times the server's cores F
     take light 60 -c 4 -R $((F / 12))
     take few   30 -c 2 -R $((F / 4))     # a number of connections that still keeps up
     take some  30 -c 8 -R $((F / 3))
     take many  30 -c 16 -R $((F / 2))

   The mean latency of the two probes of a load must agree within 8 %, or the host's speed
   drifted: take it again. Above 60 % of the CPU durations are mostly waiting; a full server
   says little more than that it is full.
)",
      port, bouncer ? "     show() { psql -p 6432 -U pgbouncer pgbouncer --csv -c \"SHOW $1\" > $name.$2.csv; }\n" : "",
      bouncer ? "; show STATS before.show_stats" : "",
      bouncer ? "\n       show STATS after.show_stats; show POOLS show_pools" : "");
  if (bouncer)
    text += R"(   Through PgBouncer -c is the number of its clients; the server's connections are its
   default_pool_size. Take one load with fewer of them than clients, and note both.
)";
  return text + "\n";
}

std::string manifest_section(bool bouncer) {
  std::string text = fmt::format(
      R"(7. Write a manifest for each
   Times of probes and server_cpu as measured. some.toml:

     [capture]
     name = "some"
     format = "pgbench"
     log = "some.log.gz"
     classes = ["search", "point", "insert"]   # in the order of -f
     duration = "30s"

     [load]
     kind = "open"          # "closed" and no rate for alone
     rate = "500/s"         # of -R
     clients = {}            # of -c
     mix = {{ search = 60, point = 20, insert = 2 }}

     [system]
     path = "{}"
     connections = 8        # server connections that can run a statement at once
     cores = 4              # of the server
     settings = "pg_settings.csv"
     protocol = "extended"
)",
      bouncer ? "32" : "8", bouncer ? "pgbouncer" : "direct");
  if (bouncer)
    text += R"(
     [system.pgbouncer]
     pool_mode = "transaction"
     default_pool_size = 8
)";
  text += R"(
     [measured]
     server_cpu = 0.35      # busy share of the server's cores, 0 to 1
     probe_before = "0.39ms"
     probe_after = "0.40ms"
     pg_stat_statements = "some.pg_stat_statements.csv"   # validate holds it beside predictions
)";
  if (bouncer)
    text += R"(     show_stats = ["some.before.show_stats.csv", "some.after.show_stats.csv"]
     show_pools = "some.show_pools.csv"
)";
  text += R"(
     [capture.class.search]     # which statements of pg_stat_statements are of a class
     pattern = "from memories order by embedding"

   The log of production, production.toml: the same, but for [capture] and the classes, which
   are patterns on the statement with its constants as $1 (what they miss gets a class of its
   own, or is left out with unmatched = "drop"):

     [capture]
     name = "production"
     format = "postgresql-csvlog"
     log = "production.csvlog.gz"
     duration = "600s"

     [capture.class.search]
     pattern = "from memories order by embedding"

   A log of your application as a table, with format = "csv", has the columns time (when the
   request was completed, ISO 8601 or seconds), class and duration (seconds), and may have
   wait: what of the duration it waited for a connection.

   What each file holds, before anything is fitted: capplan inspect some.toml

)";
  return text;
}

constexpr const char* commands_section = R"(8. Fit, and see whether it holds on a load that was not fitted
     capplan calibrate alone.toml light.toml few.toml many.toml -o costs.toml
     capplan validate --calibration costs.toml some.toml
)";

}  // namespace

std::string capture_plan(int server_version, CaptureManifest::Path path) {
  if (server_version < oldest_server || server_version > newest_server)
    throw core::InputError({"--server-version"}, "",
                           fmt::format("{} is outside {} to {}", server_version, oldest_server, newest_server),
                           "it is the major version, the first number that SHOW server_version says");
  const bool bouncer = path == CaptureManifest::Path::pgbouncer;
  return statements_section(server_version) + counters_section(server_version, bouncer) + plans_section + cost_section +
         home_section(bouncer) + staging_section(bouncer) + manifest_section(bouncer) + commands_section;
}

}  // namespace capplan::plan
