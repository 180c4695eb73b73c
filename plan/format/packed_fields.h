#pragma once
// Fields packed and unpacked by one function, so that the order in which they are written and read is said once. For a
// struct of its own, who packs writes a template fields(p, x) in namespace capplan::plan, which passes each field;
// `p` is the packer or the unpacker, and `x` is constant for the first. Taken apart by a structured binding there, a
// struct that gets one more field does not compile until that is passed too. Internal: for .cpp files.

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "plan/format/packed.h"

namespace capplan::plan {

/// T is U, constant or not: what a template fields() is of.
template <class T, class U>
concept Like = std::same_as<std::remove_const_t<T>, U>;

template <class P>
concept Packs = std::derived_from<P, Packer>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

/// What is unpacked into; of what has no default, a specialisation says.
template <class T>
T blank() {
  return T();
}

template <class P, class T>
void pass(P& p, T& x);

template <class P, class... T>
void pass_all(P& p, T&... fields) {
  (pass(p, fields), ...);
}

/// Small ones take few bytes: of 64 bits all.
template <class P, class T>
void pass_whole(P& p, T& x) {
  if constexpr (sizeof x == sizeof(std::uint64_t)) {
    if constexpr (Packs<P>)
      p.raw(static_cast<std::uint64_t>(x));
    else
      x = static_cast<T>(p.raw());
  } else if constexpr (Packs<P>) {
    // Negative ones are rare and small: -1 is 1, 1 is 2.
    const auto wide = static_cast<std::int64_t>(x);
    p.count(wide < 0 ? static_cast<std::size_t>(-wide) * 2 - 1 : static_cast<std::size_t>(wide) * 2);
  } else {
    const auto folded = static_cast<std::int64_t>(p.count());
    x = static_cast<T>(folded % 2 == 1 ? -(folded + 1) / 2 : folded / 2);
  }
}

template <class P, class T>
void pass(P& p, T& x) {
  using Plain = std::remove_const_t<T>;
  if constexpr (std::same_as<Plain, double>) {
    if constexpr (Packs<P>)
      p.number(x);
    else
      x = p.number();
  } else if constexpr (std::integral<Plain>) {
    pass_whole(p, x);
  } else if constexpr (std::same_as<Plain, std::string>) {
    if constexpr (Packs<P>)
      p.text(x);
    else
      x = p.text();
  } else if constexpr (is_vector<Plain>) {
    if constexpr (Packs<P>)
      p.count(x.size());
    else
      x.resize(p.size(), blank<typename Plain::value_type>());
    for (auto& element : x) pass(p, element);
  } else if constexpr (is_optional<Plain>) {
    bool there = x.has_value();
    pass(p, there);
    if constexpr (!Packs<P>)
      if (there) x.emplace();
    if (there) pass(p, *x);
  } else {
    fields(p, x);
  }
}

/// The alternative of that number, made by default.
template <class Variant, std::size_t... i>
Variant alternative(std::size_t number, std::index_sequence<i...>) {
  Variant variant;
  ((i == number ? static_cast<void>(variant.template emplace<i>()) : void()), ...);
  return variant;
}

/// Which alternative it has, and that.
template <class P, class Variant>
void pass_variant(P& p, Variant& x) {
  using Plain = std::remove_const_t<Variant>;
  if constexpr (Packs<P>) {
    p.byte(static_cast<std::uint8_t>(x.index()));
  } else {
    const std::uint8_t number = p.byte();
    if (number >= std::variant_size_v<Plain>) Unpacker::damaged();
    x = alternative<Plain>(number, std::make_index_sequence<std::variant_size_v<Plain>>());
  }
  std::visit([&](auto& held) { pass(p, held); }, x);
}

}  // namespace capplan::plan
