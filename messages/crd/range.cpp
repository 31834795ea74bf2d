#include "messages/crd/range.hpp"

namespace scaleops::crd {

namespace {

bool is_dns_label(std::string_view text, size_t longest) {
  return !text.empty() && text.size() <= longest && text.front() != '-' && text.back() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

bool is_dns_subdomain(std::string_view text) {
  if (text.empty() || text.size() > 253)
    return false;
  for (;;) {
    auto dot = text.find('.');
    if (!is_dns_label(text.substr(0, dot), 253))
      return false;
    if (dot == text.npos)
      return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_zone(std::string_view text) {
  auto allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == text.npos &&
         text.front() != '/' && text.back() != '/' && text.find("//") == text.npos;
}

}  // namespace

bool has_form(std::string_view text, text_form form) {
  if (text.size() > longest_text)
    return false;
  switch (form) {
    case text_form::any:
      return true;
    case text_form::name:
      return is_dns_subdomain(text);
    case text_form::optional_name:
      return text.empty() || is_dns_subdomain(text);
    case text_form::label_name:
      return is_dns_label(text, 63);
    case text_form::required:
      return !text.empty();
    case text_form::zone:
      return is_zone(text);
    case text_form::hex:
      return text.find_first_not_of("0123456789abcdef") == text.npos;
  }
  return false;
}

std::string_view words_of(text_form form) {
  switch (form) {
    case text_form::any:
      return "a text of at most 4096 bytes";
    case text_form::name:
    case text_form::optional_name:
      return "a name of at most 253 lower-case letters, digits, inner hyphens and dots";
    case text_form::label_name:
      return "a name of 1 to 63 lower-case letters, digits and inner hyphens";
    case text_form::required:
      return "a text of 1 to 4096 bytes";
    case text_form::zone:
      return "an IANA time zone such as UTC or Europe/Berlin";
    case text_form::hex:
      return "a text of lower-case hexadecimal digits";
  }
  return "";
}

}  // namespace scaleops::crd
