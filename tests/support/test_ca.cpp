#include "tests/support/test_ca.h"

#include <ctime>
#include <fstream>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

namespace test_support {
namespace {

struct CaFree {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
};
using CaCertificate = std::unique_ptr<X509, CaFree>;
using CaKey = std::unique_ptr<EVP_PKEY, CaFree>;

void ca_need(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(std::string("test CA: ") + what + ": " +
                             ERR_reason_error_string(ERR_peek_last_error()));
  }
}

CaKey ca_new_key(TestKey kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case TestKey::p256:
      key = EVP_EC_gen("P-256");
      break;
    case TestKey::rsa_1024:
      key = EVP_RSA_gen(1024);
      break;
    case TestKey::rsa_2048:
      key = EVP_RSA_gen(2048);
      break;
  }
  ca_need(key != nullptr, "key");
  return CaKey(key);
}

void ca_set_name(X509_NAME* name, const std::string& common_name) {
  ca_need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.c_str()),
                                     -1, -1, 0) == 1,
          "name");
}

void ca_add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, CaFree> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, kind, value));
  ca_need(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

// Built by hand, since the textual form ends at a NUL.
void ca_add_names(X509* certificate, const std::vector<std::string>& names) {
  const std::unique_ptr<GENERAL_NAMES, CaFree> list(sk_GENERAL_NAME_new_null());
  for (const std::string& name : names) {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
    GENERAL_NAME* entry = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(entry, GEN_DNS, text);
    sk_GENERAL_NAME_push(list.get(), entry);
  }
  ca_need(X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, 0) == 1, "names");
}

std::string ca_text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

CaCertificate ca_blank(EVP_PKEY* key, int serial, std::chrono::seconds from,
                       std::chrono::seconds until) {
  CaCertificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  std::time_t now = std::time(nullptr);
  X509_time_adj_ex(X509_getm_notBefore(certificate.get()), 0, from.count(), &now);
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), 0, until.count(), &now);
  ca_need(X509_set_pubkey(certificate.get(), key) == 1, "public key");
  return certificate;
}

}  // namespace

struct TestCa::Keys {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  ~Keys() {
    EVP_PKEY_free(key);
    X509_free(certificate);
  }
};

TestCa::TestCa(const std::string& name) : keys_(std::make_unique<Keys>()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "kith-test-ca-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("test CA: no folder");
  folder_ = pattern;
  keys_->key = ca_new_key(TestKey::p256).release();
  keys_->certificate =
      ca_blank(keys_->key, 1, -std::chrono::hours(24), std::chrono::hours(48)).release();
  X509* certificate = keys_->certificate;
  ca_set_name(X509_get_subject_name(certificate), name);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  ca_add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  ca_add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  ca_add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  ca_need(X509_sign(certificate, keys_->key, EVP_sha256()) > 0, "signature");
  certificate_ = write("ca", certificate, keys_->key);
}

TestCa::~TestCa() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

TestCertificate TestCa::issue(const std::string& name) {
  TestLeaf leaf;
  leaf.names = {name};
  leaf.common_name = name;
  return issue(leaf);
}

TestCertificate TestCa::issue(const TestLeaf& leaf) {
  const CaKey key = ca_new_key(leaf.key);
  const CaCertificate made = ca_blank(key.get(), ++issued_ + 1, leaf.valid_from, leaf.valid_until);
  X509* certificate = made.get();
  X509* issuer = leaf.self_signed ? certificate : keys_->certificate;
  ca_set_name(X509_get_subject_name(certificate), leaf.common_name);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  ca_add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  ca_add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  ca_add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
  if (!leaf.names.empty()) ca_add_names(certificate, leaf.names);
  ca_need(X509_sign(certificate, leaf.self_signed ? key.get() : keys_->key,
                    leaf.digest == TestDigest::sha1 ? EVP_sha1() : EVP_sha256()) > 0,
          "signature");
  return write("leaf-" + std::to_string(issued_), certificate, key.get());
}

TestCertificate TestCa::write(const std::string& stem, X509* certificate, EVP_PKEY* key) {
  const std::unique_ptr<BIO, CaFree> public_part(BIO_new(BIO_s_mem()));
  const std::unique_ptr<BIO, CaFree> secret_part(BIO_new(BIO_s_mem()));
  ca_need(PEM_write_bio_X509(public_part.get(), certificate) == 1, "PEM");
  ca_need(
      PEM_write_bio_PrivateKey(secret_part.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "PEM");
  TestCertificate written;
  written.certificate_pem = ca_text(public_part.get());
  written.key_pem = ca_text(secret_part.get());
  written.certificate_file = folder_ / (stem + ".pem");
  written.key_file = folder_ / (stem + ".key");
  std::ofstream(written.certificate_file, std::ios::binary) << written.certificate_pem;
  std::ofstream key_out(written.key_file, std::ios::binary);
  key_out << written.key_pem;
  key_out.close();
  ca_need(key_out.good(), "files");
  return written;
}

}  // namespace test_support
