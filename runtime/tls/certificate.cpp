#include "runtime/tls/certificate.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/rand.h>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include "runtime/tls/openssl.hpp"

namespace scaleops::tls {

namespace {

constexpr size_t longest_common_name = 64;  // X.520 ub-common-name

/// Ends a chain of OpenSSL calls at the first that fails.
void must(bool good) {
  if (!good)
    throw std::runtime_error(last_complaint());
}

void set_time(ASN1_TIME* field, instant at) {
  must(
    ASN1_TIME_set(field, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()));
}

void set_serial(X509* certificate) {
  std::array<unsigned char, 16> raw{};  // 128 random bits, as CABF asks of authorities
  must(RAND_bytes(raw.data(), int(raw.size())) == 1);
  raw[0] = static_cast<unsigned char>((raw[0] & 0x7f) | 0x40);  // positive, never short
  std::unique_ptr<BIGNUM, freeing<BN_free>> number{BN_bin2bn(raw.data(), int(raw.size()), nullptr)};
  must(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)));
}

void set_common_name(X509* certificate, const std::string& name) {
  auto text = name.substr(0, longest_common_name);
  must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                                  0) == 1);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION_free>> extension{
    X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// The frame that authority and leaf have in common.
x509_ptr begin(EVP_PKEY* key, const std::string& common_name, const validity& life) {
  x509_ptr out{X509_new()};
  must(out && X509_set_version(out.get(), X509_VERSION_3) == 1);
  set_serial(out.get());
  set_time(X509_getm_notBefore(out.get()), life.from);
  set_time(X509_getm_notAfter(out.get()), life.until);
  set_common_name(out.get(), common_name);
  must(X509_set_pubkey(out.get(), key) == 1);
  return out;
}

identity finish(X509* certificate, EVP_PKEY* key, EVP_PKEY* signer) {
  must(X509_sign(certificate, signer, EVP_sha256()) > 0);
  bio_ptr words{BIO_new(BIO_s_mem())}, secret{BIO_new(BIO_s_mem())};
  must(words && PEM_write_bio_X509(words.get(), certificate) == 1);
  must(secret && PEM_write_bio_PKCS8PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr,
                                               nullptr) == 1);
  return {text_of(words), text_of(secret)};
}

key_ptr make_key() {
  key_ptr key{EVP_EC_gen("P-256")};
  must(key != nullptr);
  return key;
}

bool is_safe_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '*' || c == ':' || c == '_';
  });
}

std::string alternative_names(const certificate_names& names) {
  std::string out;
  auto add = [&](const char* kind, const std::string& name) {
    // A comma would begin another entry.
    if (!is_safe_name(name))
      throw std::runtime_error(fmt::format("\"{}\" is no DNS name or address", name));
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", kind, name);
  };
  for (auto& name : names.dns)
    add("DNS", name);
  for (auto& name : names.addresses)
    add("IP", name);
  if (out.empty())
    throw std::runtime_error("a certificate needs a DNS name or an address");
  return out;
}

const char* usage_words(certificate_use use) {
  switch (use) {
    case certificate_use::server:
      return "serverAuth";
    case certificate_use::client:
      return "clientAuth";
    case certificate_use::both:
      break;
  }
  return "serverAuth,clientAuth";
}

instant instant_of(const ASN1_TIME* field) {
  tm parts{};
  if (ASN1_TIME_to_tm(field, &parts) != 1)
    return {};
  return instant{std::chrono::seconds{timegm(&parts)}};
}

std::string common_name_of(const X509* certificate) {
  char words[longest_common_name * 4 + 1] = "";
  auto length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, words,
                                          sizeof words);
  return {words, length > 0 ? size_t(length) : 0};
}

std::string address_of(const ASN1_OCTET_STRING* raw) {
  auto* bytes = ASN1_STRING_get0_data(raw);
  if (ASN1_STRING_length(raw) == 4) {
    boost::asio::ip::address_v4::bytes_type four;
    std::copy_n(bytes, four.size(), four.begin());
    return boost::asio::ip::address_v4{four}.to_string();
  }
  if (ASN1_STRING_length(raw) != 16)
    return {};
  boost::asio::ip::address_v6::bytes_type sixteen;
  std::copy_n(bytes, sixteen.size(), sixteen.begin());
  return boost::asio::ip::address_v6{sixteen}.to_string();
}

void read_alternative_names(const X509* certificate, certificate_facts& into) {
  std::unique_ptr<GENERAL_NAMES, freeing<GENERAL_NAMES_free>> names{static_cast<GENERAL_NAMES*>(
    X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS)
      into.dns.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                            size_t(ASN1_STRING_length(name->d.dNSName)));
    else if (name->type == GEN_IPADD)
      into.addresses.push_back(address_of(name->d.iPAddress));
  }
  std::sort(into.dns.begin(), into.dns.end());
  std::sort(into.addresses.begin(), into.addresses.end());
}

std::string short_form(const std::string& address) {
  boost::system::error_code ec;
  auto parsed = boost::asio::ip::make_address(address, ec);
  return ec ? address : parsed.to_string();
}

/// Runs `work`, which throws what OpenSSL complains of.
template <class F>
std::optional<identity> guarded(const char* what, std::string& problem, F&& work) {
  try {
    auto out = work();
    ERR_clear_error();
    return out;
  } catch (const std::runtime_error& e) {
    problem = fmt::format("{}: {}", what, e.what());
    return std::nullopt;
  }
}

}  // namespace

std::optional<identity> make_authority(const std::string& common_name, const validity& life,
                                       std::string& problem) {
  return guarded("make an authority", problem, [&] {
    auto key = make_key();
    auto out = begin(key.get(), common_name, life);
    must(X509_set_issuer_name(out.get(), X509_get_subject_name(out.get())) == 1);
    extend(out.get(), out.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(out.get(), out.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(out.get(), out.get(), NID_subject_key_identifier, "hash");
    return finish(out.get(), key.get(), key.get());
  });
}

std::optional<identity> issue(const identity& authority, const certificate_names& names,
                              certificate_use use, validity life, std::string& problem) {
  return guarded("issue a certificate", problem, [&] {
    auto issuer = read_x509(authority.certificate);
    auto signer = read_key(authority.key);
    if (!issuer || !signer || X509_check_private_key(issuer.get(), signer.get()) != 1)
      throw std::runtime_error("the authority's certificate and key cannot be read or differ");
    life.until = std::min(life.until, instant_of(X509_get0_notAfter(issuer.get())));
    life.from = std::max(life.from, instant_of(X509_get0_notBefore(issuer.get())));
    auto key = make_key();
    auto out = begin(key.get(), names.common_name, life);
    must(X509_set_issuer_name(out.get(), X509_get_subject_name(issuer.get())) == 1);
    extend(out.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
    extend(out.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
    extend(out.get(), issuer.get(), NID_ext_key_usage, usage_words(use));
    extend(out.get(), issuer.get(), NID_subject_alt_name, alternative_names(names));
    extend(out.get(), issuer.get(), NID_subject_key_identifier, "hash");
    extend(out.get(), issuer.get(), NID_authority_key_identifier, "keyid:always");
    return finish(out.get(), key.get(), signer.get());
  });
}

std::vector<certificate_facts> read_certificates(std::string_view pem) {
  std::vector<certificate_facts> out;
  auto bio = bio_of(pem);
  while (x509_ptr each{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    certificate_facts facts;
    bio_ptr words{BIO_new(BIO_s_mem())};
    if (words && PEM_write_bio_X509(words.get(), each.get()) == 1)
      facts.pem = text_of(words);
    facts.common_name = common_name_of(each.get());
    facts.life = {instant_of(X509_get0_notBefore(each.get())),
                  instant_of(X509_get0_notAfter(each.get()))};
    facts.authority = X509_check_ca(each.get()) == 1;
    read_alternative_names(each.get(), facts);
    out.push_back(std::move(facts));
  }
  ERR_clear_error();
  return out;
}

bool is_signed_by(const std::string& certificate, const std::string& authority) {
  auto leaf = read_x509(certificate), issuer = read_x509(authority);
  if (!leaf || !issuer)
    return false;
  bool good = X509_check_issued(issuer.get(), leaf.get()) == X509_V_OK &&
              X509_verify(leaf.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  return good;
}

bool belongs(const std::string& key, const std::string& certificate) {
  auto secret = read_key(key);
  auto leaf = read_x509(certificate);
  bool good = secret && leaf && X509_check_private_key(leaf.get(), secret.get()) == 1;
  ERR_clear_error();
  return good;
}

bool bears(const certificate_facts& facts, const certificate_names& names) {
  auto dns = names.dns;
  std::vector<std::string> addresses;
  for (auto& each : names.addresses)
    addresses.push_back(short_form(each));
  std::sort(dns.begin(), dns.end());
  std::sort(addresses.begin(), addresses.end());
  return facts.dns == dns && facts.addresses == addresses;
}

}  // namespace scaleops::tls
