#include "protocol/error_effect.h"

#include <array>

namespace protocol {

namespace {

constexpr auto kAlertCatalog = std::to_array<AlertInfo>({
    {"peer-hostile", "A host answered in a way that no honest program does.",
     "Nothing of that answer was taken; the host is left alone for a while.",
     "Look at it in `kith status`. If it goes on, stop following that feed and tell its "
     "publisher."},
    {"peer-down", "A host that is followed has not answered for several tries.",
     "What was read before is shown until it is 35 days old.",
     "It is tried again by itself. If it lasts for days, tell the publisher."},
    {"feed-quarantined", "A publisher signed two histories that contradict each other.",
     "Its listings are hidden, and its recognitions count for nothing.",
     "Call the publisher. `kith status` names the feed; both signed notes are kept as proof."},
    {"feed-stale", "A feed that is followed has given no sign of life for 7 days or more.",
     "It is shown with a note, and hidden after 35 days.",
     "See with `kith status` why it cannot be read, and tell the publisher."},
    {"storage-low", "The disk with the data folder is nearly full.",
     "Everything still works; once the disk is full nothing can be saved.",
     "Make room on that disk soon."},
    {"clock-suspect", "The clock of this computer contradicts what other computers say.",
     "Nothing is removed because of it; what depends on time may come late.",
     "Set the clock, and let it be kept right by the network (NTP)."},
    {"backup-old", "There is no recent backup of the data folder.",
     "Nothing, until the disk breaks.", "Make a backup; docs/OPERATING.md says how."},
    {"login-attack", "Somebody tries many passwords.",
     "That address has to wait longer after each try; others are not affected.",
     "Nothing, if all passwords are long. Otherwise change them now."},
    {"overload", "More requests arrive than this node can answer.",
     "Some are answered with 503 and asked to come again.",
     "If it lasts, see in the journal which kind it is; a reverse proxy can hold it off."},
});

}  // namespace

std::string_view effect(ErrorCode code) {
  switch (code) {
    case ErrorCode::did_syntax:
    case ErrorCode::did_unreachable:
    case ErrorCode::did_invalid:
    case ErrorCode::did_rollback:
    case ErrorCode::feed_missing:
    case ErrorCode::note_syntax:
    case ErrorCode::origin_mismatch:
    case ErrorCode::sig_unknown:
    case ErrorCode::sig_bad:
    case ErrorCode::rollback:
    case ErrorCode::corrupt_mirror:
      return "The whole reading is refused: the last good state of the feed stays, and ages.";
    case ErrorCode::did_deactivated:
      return "The publisher's listings are hidden, and its recognitions count for nothing.";
    case ErrorCode::did_fork:
    case ErrorCode::equivocation:
      return "The feed is quarantined: its listings are hidden and its recognitions void, until a "
             "new epoch or the "
             "operator ends that.";
    case ErrorCode::leaf_syntax:
      return "In an entry: those before it take effect, none from it on. In the file of entries: "
             "the whole reading is "
             "refused, and the last good state stays.";
    case ErrorCode::unsupported_op:
      return "Entries before it take effect, none from it on.";
    case ErrorCode::quota:
      return "Entries before it take effect; the rest is taken later.";
    case ErrorCode::doc_missing:
    case ErrorCode::doc_hash:
    case ErrorCode::doc_syntax:
    case ErrorCode::doc_profile:
    case ErrorCode::doc_context:
    case ErrorCode::doc_issuer:
    case ErrorCode::doc_future:
    case ErrorCode::proof_invalid:
    case ErrorCode::proof_key:
      return "That record only is refused. Its older text, where there is one, is shown as being "
             "updated for at most 24 "
             "hours.";
    case ErrorCode::doc_expired:
      return "That record only is no longer shown.";
    case ErrorCode::edge_expired:
    case ErrorCode::edge_scope:
    case ErrorCode::edge_depth:
    case ErrorCode::edge_constraint:
    case ErrorCode::edge_pin:
    case ErrorCode::edge_stale:
    case ErrorCode::no_path:
      return "The listing is kept and not shown; nothing is wrong with its feed.";
    case ErrorCode::denied:
      return "The publisher or record is not shown on this node, whoever recognizes it.";
    case ErrorCode::fetch_dns:
    case ErrorCode::fetch_blocked:
    case ErrorCode::fetch_connect:
    case ErrorCode::fetch_timeout:
    case ErrorCode::fetch_tls:
    case ErrorCode::fetch_http:
    case ErrorCode::fetch_redirect:
    case ErrorCode::fetch_too_large:
    case ErrorCode::fetch_encoding:
    case ErrorCode::fetch_malformed:
    case ErrorCode::fetch_backoff:
      return "The last good state of the feed stays, and ages; where only the file of texts could "
             "not be read, its "
             "records are doc-missing.";
    case ErrorCode::bad_request:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::csrf:
    case ErrorCode::not_found:
    case ErrorCode::method_not_allowed:
    case ErrorCode::timeout:
    case ErrorCode::length_required:
    case ErrorCode::too_large:
    case ErrorCode::uri_too_long:
    case ErrorCode::unsupported_type:
    case ErrorCode::wrong_host:
    case ErrorCode::invalid:
    case ErrorCode::rate_limited:
    case ErrorCode::headers_too_large:
    case ErrorCode::internal:
    case ErrorCode::busy:
    case ErrorCode::starting:
      return "This request was not carried out; nothing else is affected.";
    case ErrorCode::storage_full:
      return "What was to be saved was not; what is stored is whole, and searching works.";
    case ErrorCode::usage:
    case ErrorCode::config_invalid:
    case ErrorCode::key_permissions:
    case ErrorCode::in_use:
    case ErrorCode::schema_newer:
      return "The command, or the node, did not start; nothing was changed.";
    case ErrorCode::storage_damaged:
      return "Nothing is published from it, so that nothing false is signed.";
    case ErrorCode::self_fork_refused:
      return "Nothing was signed or written; what is published stays as it is.";
  }
  return {};
}

std::span<const AlertInfo> alert_catalog() { return kAlertCatalog; }

}  // namespace protocol
