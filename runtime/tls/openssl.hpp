// OpenSSL's objects with their ends, and PEM to and from them. For this folder's sources only.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace scaleops::tls {

template <auto Free>
struct freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using bio_ptr = std::unique_ptr<BIO, freeing<BIO_free_all>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freeing<X509_free>>;

inline bio_ptr bio_of(std::string_view text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), int(text.size()))};
}

inline std::string text_of(const bio_ptr& bio) {
  char* bytes = nullptr;
  auto size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, size > 0 ? size_t(size) : 0};
}

/// A key with a passphrase is refused instead of asking for it on the terminal.
inline int no_passphrase(char*, int, int, void*) {
  return -1;
}

/// Null when the text holds no key. Leaves no error behind.
inline key_ptr read_key(std::string_view pem) {
  auto bio = bio_of(pem);
  key_ptr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  return key;
}

inline x509_ptr read_x509(std::string_view pem) {
  auto bio = bio_of(pem);
  x509_ptr certificate{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  return certificate;
}

/// OpenSSL's newest complaint in its words; forgets them all.
inline std::string last_complaint() {
  auto code = ERR_peek_last_error();
  ERR_clear_error();
  char words[256] = "unknown";
  if (code != 0)
    ERR_error_string_n(code, words, sizeof words);
  return words;
}

}  // namespace scaleops::tls
