#include "node/store/mirror_marks.h"

#include "node/store/codes.h"

namespace node {

std::map<std::string, MirrorMark> mirror_marks(Database& database) {
  auto rows =
      database.prepare("SELECT node, lies, marked_at, rests_until, code, detail FROM mirror_mark");
  std::map<std::string, MirrorMark> found;
  while (rows.step()) {
    MirrorMark mark;
    mark.lies = static_cast<int>(rows.integer(1));
    mark.at = protocol::from_unix(rows.integer(2));
    mark.rests_until = rows.time(3);
    mark.why = {
        protocol::error_code_from_word(rows.text(4)).value_or(protocol::ErrorCode::corrupt_mirror),
        rows.text(5)};
    found.emplace(rows.text(0), std::move(mark));
  }
  return found;
}

void keep_mirror_mark(Database& database, const std::string& node, const MirrorMark& mark) {
  database
      .prepare(R"sql(
    INSERT INTO mirror_mark (node, lies, marked_at, rests_until, code, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (node) DO UPDATE SET lies = ?2, marked_at = ?3, rests_until = ?4, code = ?5, detail = ?6
  )sql")
      .bind(1, node)
      .bind(2, std::int64_t{mark.lies})
      .bind_time(3, mark.at)
      .bind_time(4, mark.rests_until)
      .bind(5, protocol::word(mark.why.code))
      .bind(6, mark.why.detail)
      .run();
}

void forget_old_marks(Database& database, protocol::Timestamp before) {
  database.prepare("DELETE FROM mirror_mark WHERE marked_at < ?1 AND coalesce(rests_until, 0) < ?1")
      .bind_time(1, before)
      .run();
}

}  // namespace node
