#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <openssl/types.h>

namespace test_support {

/// A certificate with its key, as PEM texts and as files.
struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
};

enum class TestKey { p256, rsa_1024, rsa_2048 };
enum class TestDigest { sha256, sha1 };

/// What a leaf says. The defaults make a good one.
struct TestLeaf {
  std::vector<std::string>
      names;  ///< DNS names of the SAN extension; a NUL inside is kept. Empty: no SAN
  std::string common_name = "leaf";
  std::chrono::seconds valid_from = -std::chrono::hours(1);  ///< relative to now
  std::chrono::seconds valid_until = std::chrono::hours(24);
  TestKey key = TestKey::p256;
  TestDigest digest = TestDigest::sha256;
  bool self_signed = false;
};

/// A certificate authority made on the spot. Its files lie in a folder of their own, which goes
/// with it. Not for use from two threads at once.
class TestCa {
 public:
  explicit TestCa(const std::string& name = "Kith test CA");
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& certificate_file() const { return certificate_.certificate_file; }
  const std::string& certificate_pem() const { return certificate_.certificate_pem; }

  /// Signs a new leaf. Throws std::runtime_error when OpenSSL will not.
  TestCertificate issue(const TestLeaf& leaf);
  /// A good leaf for `name`.
  TestCertificate issue(const std::string& name);

 private:
  struct Keys;
  TestCertificate write(const std::string& stem, X509* certificate, EVP_PKEY* key);

  std::filesystem::path folder_;
  std::unique_ptr<Keys> keys_;
  TestCertificate certificate_;
  int issued_ = 0;
};

}  // namespace test_support
