#pragma once

#include <filesystem>

#include "node/store/store.h"

namespace node {

/// Writes what DATA/kith.sqlite3 holds at this moment into `target`, which must be there and empty:
/// one state, whatever is written meanwhile, and nothing that was deleted. Takes no lock: any
/// thread. Throws StoreError.
void copy_database(const std::filesystem::path& data_folder, const std::filesystem::path& target);

/// Makes a database that was restored as cautious as it must be: what others published is hidden
/// until it was read again, since it may have been withdrawn meanwhile; links and sessions of
/// before do not work any more. That it was handed over is forgotten: the new machine was meant.
void forget_rights(Store& store);

}  // namespace node
