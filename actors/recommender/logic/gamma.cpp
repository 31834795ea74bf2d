#include <cmath>

#include "actors/recommender/logic/risk.hpp"

namespace scaleops {

namespace {

/// Regularised lower incomplete gamma function P(a, x). Series and continued fraction as in
/// Numerical Recipes, 6.2.
double lower_gamma(double a, double x) {
  if (x <= 0)
    return 0;
  double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 500 && term > sum * 1e-14; ++n) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int n = 1; n < 500; ++n) {
    double an = -n * (n - a);
    b += 2;
    d = an * d + b;
    d = 1 / (std::abs(d) < 1e-300 ? 1e-300 : d);
    c = b + an / c;
    c = std::abs(c) < 1e-300 ? 1e-300 : c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-14)
      break;
  }
  return 1 - front * h;
}

}  // namespace

double gamma_quantile(double shape, double probability) {
  if (!(shape > 0) || !(probability > 0))
    return 0;
  // Bisection of the logarithm: small shapes have quantiles over many magnitudes.
  double low = std::log(1e-12), high = std::log(shape * 20 + 50);
  if (lower_gamma(shape, 1e-12) >= probability)
    return 0;
  for (int i = 0; i < 60; ++i) {
    double middle = (low + high) / 2;
    (lower_gamma(shape, std::exp(middle)) < probability ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

}  // namespace scaleops
