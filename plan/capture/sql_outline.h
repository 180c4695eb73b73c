#pragma once
// A statement without its constants, by its letters alone: what tells statements apart fast, before a parser is asked.
// Source: PostgreSQL's lexical structure (doc/src/sgml/syntax.sgml): '…' with '' within, E'…' with \', $tag$…$tag$,
// "names", -- and /* nested */ comments. Limits: standard_conforming_strings is taken to be on, as it is by default.

#include <string>
#include <string_view>

namespace capplan::plan {

/// Writes the outline into `outline`: constants of text become '', numbers 0, comments and runs of blanks one blank. It
/// can be parsed as the statement can.
void outline_of(std::string_view statement, std::string& outline);

/// What a statement does and to what, for people: "select_memories", "insert_memories", "begin". Of letters, digits
/// and _, at most 40 of them; "statement" if nothing can be read.
std::string title_of(std::string_view statement);

}  // namespace capplan::plan
