// Who may do what: roles bound to users and groups, everywhere or in some namespaces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scaleops::dashboards::logic {

enum class role : uint8_t {
  nobody,
  viewer,
  operator_,
  admin
};  // each may do all that the ones before may
std::string_view to_string(role r);

/// An authenticated person or account, as TokenReview tells.
struct identity {
  std::string name;
  std::vector<std::string> groups;
};

struct role_binding {
  role grants = role::nobody;
  std::vector<std::string> users;
  std::vector<std::string> groups;
  std::vector<std::string> namespaces;  // names or shell patterns; empty: the whole cluster
};

struct access_rules {
  std::vector<role_binding> bindings;
  role anonymous = role::nobody;      // without signing in
  role authenticated = role::nobody;  // any user whom the cluster accepts
};

enum class permission : uint8_t {
  none,                // everybody, also before signing in
  view,                // see
  operate,             // change workloads, in the namespaces where the role holds
  operate_everywhere,  // stop and resume the platform
};

/// One caller's rights. `who` null: not signed in.
class rights {
public:
  rights(const access_rules& rules, const identity* who);

  /// In one namespace.
  role in(std::string_view ns) const;
  /// Over the whole cluster.
  role everywhere() const { return everywhere_; }
  /// The best role held anywhere.
  role best() const;

  /// May the endpoint be called at all; namespaces are checked with `may_see` and `may_change`
  /// then.
  bool allows(permission needed) const;
  bool may_see(std::string_view ns) const { return in(ns) >= role::viewer; }
  bool may_change(std::string_view ns) const { return in(ns) >= role::operator_; }

private:
  role everywhere_ = role::nobody;
  std::vector<std::pair<std::string, role>> spaces_;  // pattern, role
};

}  // namespace scaleops::dashboards::logic
