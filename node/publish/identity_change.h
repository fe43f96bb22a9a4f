#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "node/publish/keys.h"
#include "node/store/store.h"
#include "protocol/encoding/time.h"

namespace node {

/// A next version of this node's own identity (SPEC 3.5). Each is signed by a key of the recovery
/// sheet.
struct IdentityChange {
  enum class What {
    rotate,      ///< another "#sign", and with `new_node_key` another "#node"
    new_epoch,   ///< both keys anew, and an empty feed in which the live documents begin again:
                 ///< whatever the keys before have signed counts no more
    move,        ///< another place: `folder_url`
    deactivate,  ///< the end: every record is taken back, and nothing can follow
  };
  What what = What::rotate;
  ReadSheet sheet;
  /// Where the sheet for the change after this one is written: outside the data folder, and not
  /// there yet. Not looked at for `deactivate`.
  std::filesystem::path new_sheet;
  bool new_node_key = false;
  std::string folder_url;  ///< of a move: "https://new-host.test/o/main"
};

struct IdentityChanged {
  std::string line;               ///< kith1:… of the new version
  std::string old_did;            ///< the name before
  std::string did;                ///< the name now; the same unless it was a move
  std::size_t documents = 0;      ///< signed again, or taken back by `deactivate`
  bool second_successor = false;  ///< the first one was not on the sheet; it is void now
  bool paper_stays = false;       ///< the second successor was cut off before, and stays good
  /// All is committed, and files could not be written for this reason; empty: they are.
  std::string files_missing = {};
};

/// Whether there is a publisher that has not ended, and a key of the sheet may sign what comes
/// next. Throws DataError as change_identity() does.
void check_identity_change(Store& store, const IdentityChange& change);

/// Makes the next entry of the identity log, signs every live record again under it, commits all of
/// it in one transaction and publishes it (SPEC 6.1). The new sheet and key files are written
/// before the commit, and count from then on: cut off at any point, what is found afterwards is the
/// state before or the one after, and whatever opens the publisher next finishes it.
///
/// Does not need the "#sign" key that is replaced, so it is the way out when key files are lost.
/// Whoever holds a Publisher must make a new one afterwards, also when this throws.
///
/// Throws DataError: config_invalid (no publisher; no key of the sheet may sign; a place for the
/// new sheet that will not do; a key that is to stay is missing), did_deactivated, did_syntax (the
/// new address), too_large (a record whose text does not fit with the new name), self_fork_refused,
/// storage_damaged. Throws std::system_error where the sheet or key files cannot be written;
/// nothing was changed then.
IdentityChanged change_identity(Store& store, const IdentityChange& change,
                                protocol::Timestamp now);

}  // namespace node
