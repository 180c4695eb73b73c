// Outlines and titles of statements: what is left out, and that the parser sees in an outline the same statement.

#include "plan/capture/sql_outline.h"

#include "plan/capture/sql_fingerprint.h"
#include "tests/support/catch.h"

using namespace capplan::plan;

namespace {

std::string outline(std::string_view statement) {
  std::string text;
  outline_of(statement, text);
  return text;
}

}  // namespace

TEST_CASE("an outline keeps names and parameters and leaves constants, comments and blanks out") {
  CHECK(outline("SELECT a1, $2 FROM t WHERE x = 'it''s' AND y=1.5e-3  ;\n") ==
        "SELECT a1, $2 FROM t WHERE x = '' AND y=0");
  CHECK(outline("select E'a\\'b', e'', \"E\"\"'\", U&'x'") == "select E'', e'', \"E\"\"'\", U&''");
  CHECK(outline("select $tag$ it's $$ $tag$, $$x$$ /* a /* b */ c */ -- d\n from t") == "select '', '' from t");
  CHECK(outline("select 'open") == "select ''");
  CHECK(outline("/* open") == "");
  CHECK(outline("a-b a - -1 .5 1..2") == "a-b a - -0 0 0");
}

TEST_CASE("an outline has the fingerprint of its statement") {
  for (const char* text :
       {"SELECT id FROM memories ORDER BY embedding <=> '[1,2,3]' LIMIT 10",
        "INSERT INTO a VALUES (1, 'x', E'\\\\'), (2.5, $1, NULL)",
        "UPDATE a SET b = b + 1 WHERE c IN (1, 2, 3) AND d = ANY('{1,2}'::int[])", "SET work_mem = '4MB'", "BEGIN",
        "WITH x AS (SELECT 1) SELECT * FROM x -- end", "COPY a FROM STDIN"}) {
    INFO(text);
    const auto whole = normalise(text);
    const auto outlined = normalise(outline(text));
    REQUIRE(whole);
    REQUIRE(outlined);
    CHECK(whole->fingerprint == outlined->fingerprint);
    CHECK(whole->fingerprint.size() == 16);
  }
  CHECK(normalise("select  1\n+ 'a';")->text == "select $1 + $2");
  CHECK_FALSE(normalise("selec 1"));
}

TEST_CASE("a title says what a statement does and to what") {
  CHECK(title_of("SELECT id FROM memories WHERE id = 1") == "select_memories");
  CHECK(title_of("select count(*) from only \"My Table\" x") == "select_my_table");
  CHECK(title_of("INSERT INTO shop.orders(id) SELECT 1 FROM b") == "insert_orders");
  CHECK(title_of("DELETE FROM a USING b") == "delete_a");
  CHECK(title_of("update only a set b = 1") == "update_a");
  CHECK(title_of("WITH RECURSIVE t AS (SELECT 1 FROM items) SELECT * FROM t") == "select_items");
  CHECK(title_of("with x as (select 1 from b) insert into a select * from x") == "insert_a");
  CHECK(title_of("COMMIT") == "commit");
  CHECK(title_of("SELECT 1") == "select");
  CHECK(title_of("") == "statement");
}
