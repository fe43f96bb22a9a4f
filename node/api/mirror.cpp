#include "node/api/mirror.h"

#include <algorithm>

#include "node/mirror/mirror.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

Response mirror_nothing() {
  auto response = problem(protocol::ErrorCode::not_found, "this mirror has no such file");
  allow_any_origin(response);
  return response;
}

Response mirror_answer(const Request& request, std::string bytes, std::string type,
                       CacheFor cache) {
  const std::string tag =
      "\"" + protocol::to_hex(protocol::sha256(bytes).view()).substr(0, 32) + "\"";
  Response response;
  if (request.header("If-None-Match") == tag) {
    response.status = 304;
    response.cache = cache;
  } else {
    response = ok_bytes(std::move(bytes), std::move(type), cache);
  }
  response.set("ETag", tag);
  allow_any_origin(response);
  return response;
}

}  // namespace

Response get_mirror_index(const Request& request, Node& node) {
  return mirror_answer(request, node.mirror().index(), "application/json",
                       cache_for(std::chrono::seconds(5)));
}

Response get_mirror_file(const Request& request, Node& node) {
  // Nothing that has to be decoded is a path of ours, and what was sent must be what is meant.
  if (request.path.find('%') != std::string::npos) return mirror_nothing();
  const auto name = request.param("name");
  const auto path = parse_mirror_path(request.param("path"));
  if (!path || name.size() != 64) return mirror_nothing();
  auto bytes = node.mirror().file(name, *path);
  if (!bytes) return mirror_nothing();
  auto cache = cache_for(std::chrono::seconds(5));
  std::string type = "text/plain; charset=utf-8";
  switch (path->what) {
    case MirrorPath::What::checkpoint:
      break;
    case MirrorPath::What::did_log:
    case MirrorPath::What::docs:
      // Texts are blanked when they end, so not even a full file stays as it is.
      type = "text/jsonl; charset=utf-8";
      break;
    case MirrorPath::What::did_witness:
    case MirrorPath::What::fork:
      type = "application/json";
      break;
    case MirrorPath::What::entries:
    case MirrorPath::What::hash_tile:
      type = "application/octet-stream";
      cache = cache_forever();
      break;
  }
  return mirror_answer(request, std::move(*bytes), std::move(type), cache);
}

Response get_api_catalog(Node& node) {
  using protocol::Json;
  std::string publisher;
  for (const auto& report : node.feeds()) {
    if (!report.feed.own) continue;
    if (const auto did = protocol::parse_did(report.feed.did))
      publisher = protocol::did_folder_url(*did);
  }
  const auto link = [](std::string href, std::string type) {
    return Json::object({{"href", std::move(href)}, {"type", std::move(type)}});
  };
  Json::Array items;
  if (!publisher.empty()) items.push_back(link(publisher + "did.jsonl", "text/jsonl"));
  items.push_back(link("/mirror/", "application/json"));
  items.push_back(link("/witness/add-checkpoint", "text/plain"));
  items.push_back(link("/api/v1/groups", "application/json"));
  items.push_back(link("/api/v1/feeds", "application/json"));
  const auto described = [&](std::string anchor) {
    return Json::object(
        {{"anchor", std::move(anchor)},
         {"service-desc", Json::Array{link("/api/v1/vocabularies", "application/json")}}});
  };
  Json::Array linkset;
  linkset.push_back(
      Json::object({{"anchor", "/.well-known/api-catalog"}, {"item", std::move(items)}}));
  linkset.push_back(described("/api/v1/groups"));
  auto response =
      ok_bytes(protocol::canonical(Json::object({{"linkset", std::move(linkset)}})) + "\n",
               "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"",
               cache_for(std::chrono::minutes(5)));
  // RFC 9727 asks for it in the answer to HEAD, which has the headers of GET.
  response.set("Link", "</.well-known/api-catalog>; rel=\"api-catalog\"");
  allow_any_origin(response);
  return response;
}

}  // namespace node
