#include "crypto/quorum/shamir.h"

namespace safeconduct::quorum {
namespace gf256 {
namespace {

// All ones for 1, zero for 0. The compiler may not see that there are but two values, or it could
// make a branch of them.
std::uint32_t Mask(std::uint32_t bit) {
  std::uint32_t mask = 0U - bit;
  __asm__("" : "+r"(mask));
  return mask;
}

}  // namespace

std::uint8_t Multiply(std::uint8_t a, std::uint8_t b) {
  std::uint32_t shifted = a;
  std::uint32_t product = 0;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= shifted & Mask(b >> bit & 1U);
    shifted = shifted << 1 ^ (0x11bU & Mask(shifted >> 7));
  }
  return static_cast<std::uint8_t>(product);
}

// The field has 255 elements but zero, so the power 254 is the inverse.
std::uint8_t Invert(std::uint8_t a) {
  std::uint8_t power = a;
  std::uint8_t out = 1;
  for (int i = 1; i < 8; ++i) {  // 254 = 2 + 4 + … + 128
    power = Multiply(power, power);
    out = Multiply(out, power);
  }
  return out;
}

}  // namespace gf256

namespace {

using gf256::Multiply;

// 1 for zero, 0 for anything else.
std::uint32_t IsZero(std::uint32_t byte) { return (byte - 1) >> 31; }

// Whether some x is zero or stands twice, having looked at all of them.
bool HasBadX(ByteView xs) {
  std::uint32_t bad = 0;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    bad |= IsZero(xs[i]);
    for (std::size_t j = 0; j < i; ++j) bad |= IsZero(xs[i] ^ xs[j]);
  }
  return bad != 0;
}

SecretBytes DrawXs(std::size_t count) {
  SecretBytes xs;
  xs.Reserve(count + 1);
  while (xs.size() < count) {
    FillRandom(xs.Extend(1));
    if (HasBadX(xs.Reveal())) xs.Truncate(xs.size() - 1);
  }
  return xs;
}

// Horner's rule over the coefficients, the lowest first.
std::uint8_t Evaluate(ByteView coefficients, std::uint8_t x) {
  std::uint8_t y = 0;
  for (std::size_t i = coefficients.size(); i-- > 0;) {
    y = static_cast<std::uint8_t>(Multiply(y, x) ^ coefficients[i]);
  }
  return y;
}

// What each y counts towards the value at zero: ∏ x_j / (x_i + x_j) over the other x_j.
SecretBytes LagrangeAtZero(ByteView xs) {
  SecretBytes out(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) {
    std::uint8_t numerator = 1;
    std::uint8_t denominator = 1;
    for (std::size_t j = 0; j < xs.size(); ++j) {
      if (i == j) continue;
      numerator = Multiply(numerator, xs[j]);
      denominator = Multiply(denominator, static_cast<std::uint8_t>(xs[i] ^ xs[j]));
    }
    out.RevealMutable()[i] = Multiply(numerator, gf256::Invert(denominator));
  }
  return out;
}

}  // namespace

Result<std::vector<SecretBytes>> SplitSecret(ByteView secret, std::size_t threshold,
                                             std::size_t count) {
  if (threshold < kMinShares || threshold > count || count > kMaxShares) {
    return Error(Code::kMalformed, "a threshold or number of shares that cannot be");
  }
  if (secret.empty()) return Error(Code::kMalformed, "an empty secret");
  const SecretBytes xs = DrawXs(count);
  std::vector<SecretBytes> shares;
  shares.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    SecretBytes share(secret.size() + 1);
    share.RevealMutable().back() = xs.Reveal()[i];
    shares.push_back(std::move(share));
  }
  SecretBytes coefficients(threshold);
  for (std::size_t at = 0; at < secret.size(); ++at) {
    const MutableBytes terms = coefficients.RevealMutable();
    terms[0] = secret[at];
    FillRandom(terms.subspan(1));
    for (std::size_t i = 0; i < count; ++i) {
      shares[i].RevealMutable()[at] = Evaluate(terms, xs.Reveal()[i]);
    }
  }
  return shares;
}

Result<SecretBytes> CombineSecret(std::span<const ByteView> shares) {
  if (shares.size() < kMinShares || shares.size() > kMaxShares) {
    return Error(Code::kMalformed, "too few or too many shares");
  }
  const std::size_t share_bytes = shares.front().size();
  if (share_bytes < 2) return Error(Code::kMalformed, "a share that is too short");
  SecretBytes xs;
  xs.Reserve(shares.size());
  for (const ByteView share : shares) {
    if (share.size() != share_bytes) {
      return Error(Code::kMalformed, "shares of different lengths");
    }
    xs.Append(share.last(1));
  }
  if (HasBadX(xs.Reveal())) return Error(Code::kMalformed, "a share's x is zero or stands twice");

  const SecretBytes weights = LagrangeAtZero(xs.Reveal());
  SecretBytes secret(share_bytes - 1);
  const MutableBytes out = secret.RevealMutable();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (std::size_t at = 0; at < out.size(); ++at) {
      out[at] = static_cast<std::uint8_t>(out[at] ^ Multiply(weights.Reveal()[i], shares[i][at]));
    }
  }
  return secret;
}

}  // namespace safeconduct::quorum
