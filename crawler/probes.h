#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/source.h"
#include "protocol/document/listing.h"
#include "protocol/trust/checks.h"

// Looking at what a listing names outside its feed: a page of its sponsor, its own contact page.
// One GET each, through the same rules as every fetch of a stranger's file (SPEC 6.4).

namespace crawler {

/// One address to look at, and what for.
struct ProbeTarget {
  protocol::Check check = protocol::Check::contact;  ///< sponsor or contact
  std::string url;
  std::string name;  ///< of the group: what a sponsor's page must have
};

/// What may be looked at for a listing; nothing for groups of survivors, whose sites no node
/// touches unless `permitted` by their publisher. A sponsor's page on the group's own site proves
/// nothing and is not read, but where the sponsor is the publisher itself.
std::vector<ProbeTarget> probe_targets(const protocol::Listing& listing, std::string_view publisher,
                                       bool permitted = false);

/// Reads all of them, each once, where the site's robots.txt does not ask programs to stay away
/// (then the outcome is not_applicable). A page that cannot be read is a question, never a warning.
std::vector<protocol::CheckObservation> probe(Source& source, std::span<const ProbeTarget> targets,
                                              protocol::Timestamp now);

/// A publisher whose feed was not read at its own address for a while.
struct DomainTarget {
  std::string scid, did;
  std::string did_log;  ///< as it was last read
};
/// Whether the publisher's address still has its identity file (check L4): pass where it goes on
/// from the one that is known, warning where it is that of another publisher, else check.
protocol::CheckObservation probe_domain(Source& source, const DomainTarget& target,
                                        protocol::Timestamp now);

/// Whether the words of `name` stand in the text of an HTML page, one after the other. Markup,
/// case, punctuation and spaces make no difference.
bool page_names(std::string_view html, std::string_view name);

}  // namespace crawler
