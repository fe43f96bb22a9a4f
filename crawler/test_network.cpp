#include "crawler/test_network.h"

#include <fstream>
#include <iterator>

#include "crawler/fetch_url.h"
#include "protocol/encoding/json.h"

namespace crawler {
namespace {

constexpr std::size_t kMaxTestNetworkFile = 1 << 20;

tl::unexpected<protocol::Error> refuse_test_network(std::string detail) {
  return protocol::refuse(protocol::ErrorCode::config_invalid, std::move(detail));
}

protocol::Result<std::string> read_test_network_file(const std::filesystem::path& file) {
  std::error_code problem;
  // A folder opens like a file and then reads as empty, and a pipe might never end.
  if (!std::filesystem::is_regular_file(file, problem)) {
    return refuse_test_network(file.string() + ": there is no such file");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxTestNetworkFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (in.fail() && !in.eof())) {
    return refuse_test_network(file.string() + ": it cannot be read");
  }
  if (text.size() > kMaxTestNetworkFile) {
    return refuse_test_network(file.string() + ": longer than 1 MiB");
  }
  return text;
}

protocol::Result<IpAddress> judge_test_name(const std::string& name, const protocol::Json& value) {
  const std::string where = "names[\"" + name + "\"]: ";
  if (!is_public_host_name(name) || !name.ends_with(".test")) {
    return refuse_test_network(where + "expected a lower-case name that ends in .test");
  }
  const std::string* text = value.if_string();
  if (text == nullptr) return refuse_test_network(where + "expected an address as a string");
  const auto address = IpAddress::parse(*text);
  if (!address || !address->is_v4() || address->bytes()[0] != 127) {
    return refuse_test_network(where + "expected an address from 127.0.0.0 to 127.255.255.255");
  }
  return *address;
}

}  // namespace

protocol::Result<TestNetwork> parse_test_network(std::string_view text,
                                                 const std::filesystem::path& folder) {
  protocol::JsonLimits limits;
  limits.max_keys_per_object = 10'000;
  const auto json = protocol::parse_json(text, limits);
  if (!json) return refuse_test_network(json.error().detail);
  const auto* members = json->if_object();
  if (members == nullptr) return refuse_test_network("expected an object with names and ca");
  for (const auto& [key, value] : *members) {
    // A misspelled member would otherwise leave the node on the real network without a word.
    if (key != "names" && key != "ca")
      return refuse_test_network(key + ": there is no such member");
  }

  TestNetwork network;
  const protocol::Json* names = json->find("names");
  if (names == nullptr || names->if_object() == nullptr) {
    return refuse_test_network("names: expected an object of names and addresses");
  }
  for (const auto& [name, value] : *names->if_object()) {
    ASSIGN_OR_RETURN(const auto address, judge_test_name(name, value));
    network.names.emplace(name, address);
  }

  const protocol::Json* ca = json->find("ca");
  if (ca == nullptr || ca->if_string() == nullptr || ca->if_string()->empty()) {
    return refuse_test_network("ca: expected the path of a file with certificates");
  }
  auto pem = read_test_network_file(folder / *ca->if_string());
  if (!pem) return protocol::refuse_in("ca", pem.error());
  if (pem->find("-----BEGIN CERTIFICATE-----") == pem->npos) {
    return refuse_test_network("ca: " + *ca->if_string() + " holds no certificate in PEM form");
  }
  network.ca_pem = *std::move(pem);
  return network;
}

protocol::Result<TestNetwork> load_test_network(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const auto text, read_test_network_file(file));
  auto network = parse_test_network(text, file.parent_path());
  if (!network) return protocol::refuse_in(file.string(), network.error());
  return network;
}

}  // namespace crawler
