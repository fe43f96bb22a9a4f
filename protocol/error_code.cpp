#include "protocol/error_code.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace protocol {

namespace {

constexpr auto kErrorCatalog = std::to_array<ErrorInfo>({
    {ErrorCode::did_syntax, "did-syntax", 422,
     "The publisher's identity is not written as a did:webvh name.",
     "Ask the publisher for the exact identity and copy all of it, beginning with `did:webvh:`."},
    {ErrorCode::did_unreachable, "did-unreachable", 502,
     "The publisher's identity file (did.jsonl) could not be read.",
     "Usually this passes by itself: the last good state is kept and reading is tried again. If "
     "it lasts for days, tell the publisher that the file is not reachable."},
    {ErrorCode::did_invalid, "did-invalid", 422,
     "The publisher's identity file does not prove what it says.",
     "Nothing new is taken from this publisher until it is repaired. Tell the publisher which "
     "entry fails; the message names it."},
    {ErrorCode::did_deactivated, "did-deactivated", 410,
     "The publisher has given this identity up for good.",
     "Its listings are removed. Ask the publisher whether there is a new identity to follow."},
    {ErrorCode::did_rollback, "did-rollback", 409,
     "The publisher's identity file is shorter than what was read before.",
     "The longer history is kept. Most likely an old copy was uploaded; ask the publisher to "
     "upload the newest did.jsonl again."},
    {ErrorCode::did_fork, "did-fork", 409,
     "The publisher's identity file contradicts the history that was read before, or the version "
     "that was vouched for.",
     "This may mean that keys were stolen. Call the publisher by telephone before you follow "
     "this identity again."},
    {ErrorCode::feed_missing, "feed-missing", 404,
     "The publisher's identity names no feed of listings, or the feed is not there.",
     "Ask the publisher to run `kith publish` and to upload the whole folder."},
    {ErrorCode::note_syntax, "note-syntax", 400,
     "The signed summary of the feed (its checkpoint) is not written as it must be.",
     "Ask the publisher to upload the checkpoint again; some hosts change files on the way."},
    {ErrorCode::origin_mismatch, "origin-mismatch", 404,
     "The checkpoint belongs to another feed than the one that was asked for.",
     "Check that the folder was uploaded to the address that its identity names."},
    {ErrorCode::sig_unknown, "sig-unknown", 403,
     "The checkpoint carries no signature by a key of this publisher.",
     "If the publisher changed keys, ask them to run `kith publish` and upload the checkpoint "
     "again."},
    {ErrorCode::sig_bad, "sig-bad", 403,
     "The publisher's signature on the checkpoint does not hold.",
     "The last good state is kept. Ask the publisher to publish again; if it stays, treat the "
     "host as tampered with."},
    {ErrorCode::rollback, "rollback", 409,
     "The feed that was served is older than the one that was read before.",
     "The newer state is kept. Ask the publisher to upload the newest folder again."},
    {ErrorCode::equivocation, "equivocation", 409,
     "The publisher signed two feeds that contradict each other.",
     "The feed is quarantined and both signed pieces are kept as evidence. Call the publisher; "
     "this does not happen by accident unless a backup was restored."},
    {ErrorCode::corrupt_mirror, "corrupt-mirror", 502,
     "The files that were served do not add up to what the publisher signed.",
     "It is read again, from another copy where there is one. If it stays, ask the publisher to "
     "upload the whole folder again."},
    {ErrorCode::leaf_syntax, "leaf-syntax", 422,
     "An entry of the feed is not written as it must be.",
     "Entries before it stay in use. Ask the publisher to update the program that wrote it."},
    {ErrorCode::unsupported_op, "unsupported-op", 422,
     "An entry of the feed asks for something that this version does not know.",
     "Update Kith; entries before it stay in use until then."},
    {ErrorCode::quota, "quota", 429,
     "The feed brings more entries than this node takes from one publisher at a time.",
     "The rest follows by itself in the next days. What was taken before is shown."},
    {ErrorCode::doc_missing, "doc-missing", 404,
     "The feed names a document that is not among its files.",
     "Ask the publisher to upload the whole folder again. Its other listings are not affected."},
    {ErrorCode::doc_hash, "doc-hash", 422,
     "The document is not byte for byte the one that the feed commits to.",
     "Ask the publisher to upload the folder again as it was written, without any program that "
     "reformats files."},
    {ErrorCode::doc_syntax, "doc-syntax", 422,
     "The document is not proper JSON, or it is larger or more deeply nested than allowed.",
     "Correct the document at the place that the message names, then publish it again."},
    {ErrorCode::doc_profile, "doc-profile", 422,
     "The document is JSON but not in the form that Kith documents have.",
     "Correct the field that the message names, then publish it again."},
    {ErrorCode::doc_context, "doc-context", 422,
     "The document refers to other vocabularies (@context) than Kith documents do.",
     "Publish the document with Kith, or with exactly the contexts that SPEC names."},
    {ErrorCode::doc_issuer, "doc-issuer", 422,
     "The document was issued by somebody else than the publisher of this feed.",
     "Each publisher publishes its own documents only. Ask the publisher to remove it."},
    {ErrorCode::doc_expired, "doc-expired", 422, "The document's validity has ended.",
     "Its publisher renews it with `kith renew`, if the group still exists."},
    {ErrorCode::doc_future, "doc-future", 422, "The document is not valid yet.",
     "Wait until its first day. If that day should have come, check the clock of this computer "
     "and the publisher's."},
    {ErrorCode::proof_invalid, "proof-invalid", 422, "The document's signature does not hold.",
     "The record is not shown. Ask the publisher to publish it again; if it stays, somebody may "
     "have changed it."},
    {ErrorCode::proof_key, "proof-key", 422,
     "The document is signed with a key that its publisher does not use now.",
     "Ask the publisher to sign it again with the present key, for example by `kith confirm`."},
    {ErrorCode::edge_expired, "edge-expired", 422,
     "A recognition on the way from your anchor to this publisher has ended.",
     "Ask the body that gave the recognition to renew it."},
    {ErrorCode::edge_scope, "edge-scope", 422,
     "A recognition covers another area or role than this publisher needs.",
     "Ask the body that gave the recognition whether it should cover this publisher too."},
    {ErrorCode::edge_depth, "edge-depth", 422,
     "A recognition does not reach so far: it allows fewer steps to the publisher.",
     "The publisher can ask for recognition by a body nearer to an anchor of yours."},
    {ErrorCode::edge_constraint, "edge-constraint", 422,
     "A recognition carries a condition that this publisher does not meet, or one that is not "
     "known here.",
     "Ask the body that gave the recognition what it means. If it is not known here, updating "
     "Kith may help."},
    {ErrorCode::edge_pin, "edge-pin", 422,
     "A recognition was given to another version of this publisher's identity.",
     "The body that gave it should verify the identity again by telephone and renew the "
     "recognition."},
    {ErrorCode::edge_stale, "edge-stale", 422,
     "The feed of a body on the way to this publisher has not been read for too long to rely on "
     "it.",
     "See with `kith status` why that feed cannot be read; it counts again as soon as it can."},
    {ErrorCode::no_path, "no-path", 422,
     "None of your anchors recognizes this publisher, directly or through others.",
     "Nothing is wrong with the publisher as such. It appears as soon as a body that you trust "
     "recognizes it."},
    {ErrorCode::denied, "denied", 403,
     "The operator of this node decided not to show this publisher.",
     "If you think that this is a mistake, ask the operator of this node."},
    {ErrorCode::fetch_dns, "fetch-dns", 502, "The name of the other computer could not be found.",
     "Check the spelling of the address. If it is right, try again later: the name service may "
     "be down."},
    {ErrorCode::fetch_blocked, "fetch-blocked", 502,
     "The address leads to a private or reserved network, where nothing is read.",
     "A publisher must be reachable on the public internet. Ask them for their public address."},
    {ErrorCode::fetch_connect, "fetch-connect", 502,
     "The other computer did not accept a connection.",
     "It is tried again by itself. If it lasts, tell the publisher that their host does not "
     "answer."},
    {ErrorCode::fetch_timeout, "fetch-timeout", 504, "The other computer took too long to answer.",
     "It is tried again by itself. If it lasts, tell the publisher that their host is too slow."},
    {ErrorCode::fetch_tls, "fetch-tls", 502,
     "The other computer could not prove who it is (its certificate is not good).",
     "Do not work around this. Tell the publisher that the certificate of their site needs to be "
     "renewed."},
    {ErrorCode::fetch_http, "fetch-http", 502,
     "The other computer answered with an error instead of the file.",
     "It is tried again by itself. If it lasts, ask the publisher whether the whole folder was "
     "uploaded."},
    {ErrorCode::fetch_redirect, "fetch-redirect", 502,
     "The other computer sent the reader on to another address, which is not followed.",
     "Ask the publisher to serve the files at the address itself, without sending readers on."},
    {ErrorCode::fetch_too_large, "fetch-too-large", 502,
     "The answer was larger than such a file may be.",
     "Nothing of it was kept. Tell the publisher; a wrong file may lie at this address."},
    {ErrorCode::fetch_encoding, "fetch-encoding", 502,
     "The other computer sent the file compressed though it was asked not to.",
     "Ask the publisher to switch compression off for these files at their host."},
    {ErrorCode::fetch_malformed, "fetch-malformed", 502, "The answer was not proper HTTP.",
     "Tell the publisher that something other than a web server seems to answer at this address."},
    {ErrorCode::fetch_backoff, "fetch-backoff", 503,
     "The other computer failed or asked for patience, so it is left alone for a while.",
     "Nothing to do: it is tried again by itself. `kith sync` tries at once."},
    {ErrorCode::bad_request, "bad-request", 400,
     "The request is not written in a way that can be understood.",
     "The message names the parameter. Correct it, or leave it out."},
    {ErrorCode::unauthenticated, "unauthenticated", 401,
     "You are not signed in, or your session has ended.", "Sign in and try again."},
    {ErrorCode::forbidden, "forbidden", 403,
     "You are signed in, but this is not among the things that you may do.",
     "Ask the operator of this node if you need it."},
    {ErrorCode::csrf, "csrf", 403,
     "The form was not sent from a page of this site, or the page was open for too long.",
     "Open the page again and send the form from there."},
    {ErrorCode::not_found, "not-found", 404, "There is nothing at this address.",
     "Check the address. A group that stood here may have been withdrawn by its publisher."},
    {ErrorCode::method_not_allowed, "method-not-allowed", 405,
     "This address does not take requests of this kind.",
     "The Allow header of the answer names the methods that it takes."},
    {ErrorCode::timeout, "timeout", 408, "The request did not arrive in time.",
     "Try again; a slow connection may be the cause."},
    {ErrorCode::length_required, "length-required", 411,
     "The request has a body but does not say how long it is.", "Send a Content-Length header."},
    {ErrorCode::too_large, "too-large", 413, "What was sent is larger than what is taken here.",
     "Send less at a time."},
    {ErrorCode::uri_too_long, "uri-too-long", 414, "The address is too long.",
     "Search with fewer words or fewer filters."},
    {ErrorCode::unsupported_type, "unsupported-type", 415,
     "The body is of a type that is not taken here.",
     "Send plain JSON for a command; for an import, save the sheet as CSV."},
    {ErrorCode::wrong_host, "wrong-host", 421,
     "This node does not answer under the name that was asked for.",
     "Use the node's own address. If the name is right, its operator must add it to the "
     "configuration."},
    {ErrorCode::invalid, "invalid", 422, "Something in what you entered cannot be used as it is.",
     "Correct the field that the message names and send it again; nothing was changed."},
    {ErrorCode::rate_limited, "rate-limited", 429,
     "Too many requests came from your network in a short time.",
     "Wait as many seconds as the Retry-After header says, then try again."},
    {ErrorCode::headers_too_large, "headers-too-large", 431,
     "The request's headers are too many or too long.",
     "Clear the cookies of this site in your browser and try again."},
    {ErrorCode::internal, "internal", 500,
     "Something went wrong on this node, and it is not your fault.",
     "Try again. If it stays, give the operator the number shown with this message."},
    {ErrorCode::busy, "busy", 503, "This node has more to do at the moment than it can.",
     "Try again in a few seconds."},
    {ErrorCode::starting, "starting", 503, "This node has just started and is not ready yet.",
     "Try again in a minute."},
    {ErrorCode::storage_full, "storage-full", 507,
     "This node's disk is full, so nothing can be saved.",
     "Searching still works. The operator must make room on the disk; then saving works again by "
     "itself."},
    {ErrorCode::usage, "usage", 400, "The command was not written as it must be.",
     "Run the command with --help to see how it is used."},
    {ErrorCode::config_invalid, "config-invalid", 500,
     "What this node was told, or its data folder, does not fit together.",
     "The message says what is wrong and where. Correct that and run the command again."},
    {ErrorCode::key_permissions, "key-permissions", 500,
     "A key file can be read by other users of this computer.",
     "Take the permission away (chmod 600). If somebody untrusted may have read it, treat the key "
     "as stolen: docs/OPERATING.md says what that means."},
    {ErrorCode::in_use, "in-use", 503, "Another program is using this data directory.",
     "If a node is running, let the command go to it; otherwise wait until the other command has "
     "ended."},
    {ErrorCode::schema_newer, "schema-newer", 500,
     "The data was written by a newer version of Kith.",
     "Update Kith to that version or a later one. Nothing was changed."},
    {ErrorCode::storage_damaged, "storage-damaged", 500, "The stored data is damaged.",
     "Do not publish. Run `kith doctor`; it says what is damaged. Restore the newest good backup "
     "into an empty folder as docs/OPERATING.md says."},
    {ErrorCode::self_fork_refused, "self-fork-refused", 409,
     "Signing this would contradict what was signed before, so it was not signed.",
     "Most likely an old backup was restored, or two machines publish as one. Stop the other "
     "machine, "
     "then run `kith catch-up`: it continues from what is published, or says why that cannot be."},
});

/// describe() takes a code as its place in the table, so the table must stand in their order.
constexpr bool error_catalog_is_in_order() {
  for (std::size_t i = 0; i < kErrorCatalog.size(); ++i) {
    if (kErrorCatalog[i].code != static_cast<ErrorCode>(i)) return false;
  }
  return true;
}
static_assert(error_catalog_is_in_order());
static_assert(kErrorCatalog.back().code == ErrorCode::self_fork_refused, "the last enumerator");

}  // namespace

const ErrorInfo& describe(ErrorCode code) {
  return kErrorCatalog.at(static_cast<std::size_t>(code));
}

std::string_view word(ErrorCode code) { return describe(code).word; }

std::optional<ErrorCode> error_code_from_word(std::string_view word) {
  const auto found = std::find_if(kErrorCatalog.begin(), kErrorCatalog.end(),
                                  [word](const ErrorInfo& row) { return row.word == word; });
  if (found == kErrorCatalog.end()) return std::nullopt;
  return found->code;
}

std::span<const ErrorInfo> error_catalog() { return kErrorCatalog; }

}  // namespace protocol
