#pragma once
// Several lambdas as one function object: what std::visit takes to say something for each alternative of a variant.

namespace capplan::core {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace capplan::core
