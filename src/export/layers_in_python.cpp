// SPDX-License-Identifier: Apache-2.0
// The layers in Python: see model/network.cpp for the same in C++.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "architecture.hpp"
#include "catdog/model/normalization.hpp"

namespace catdog {
namespace {

using Kind = Layer::Kind;

PythonLayer convolution(const Layer& layer, int64_t inputs) {
  std::string shape = fmt::format("{}, {}, {}", inputs, layer.channels, layer.kernel);
  std::string how;
  if (layer.stride != 1 || layer.padding != 0) {
    shape += fmt::format(", stride={}, padding={}", layer.stride, layer.padding);
    how = fmt::format(", [{0}, {0}], [{1}, {1}]", layer.stride, layer.padding);
  }
  if (!layer.has_bias) shape += ", bias=False";
  return {layer.name, fmt::format("nn.Conv2d({})", shape),
          fmt::format("torch.conv2d(x, self.weight, {}{})", layer.has_bias ? "self.bias" : "None",
                      how)};
}

PythonLayer normalization(const Layer& layer) {
  return {layer.name, fmt::format("nn.BatchNorm2d({})", layer.channels),
          fmt::format("torch.batch_norm(x, self.weight, self.bias, self.running_mean, "
                      "self.running_var, self.training, {}, {}, False)",
                      kNormalizationMomentum, kNormalizationEpsilon)};
}

PythonLayer average_pool(const Layer& layer) {
  return {layer.name,
          fmt::format("nn.AvgPool2d({}, ceil_mode=True, count_include_pad=False)", layer.kernel),
          fmt::format("torch.avg_pool2d(x, [{0}, {0}], [{0}, {0}], [0, 0], True, False)",
                      layer.kernel)};
}

PythonLayer dropout(const Layer& layer) {
  return {layer.name, fmt::format("nn.Dropout({})", layer.share),
          fmt::format("torch.dropout(x, {}, self.training)", layer.share)};
}

PythonLayer dense(const Layer& layer, int64_t inputs) {
  return {layer.name, fmt::format("nn.Linear({}, {})", inputs, layer.channels),
          "torch.linear(x, self.weight, self.bias)"};
}

// The layer's effect on what `x` says; `other` is its second input.
std::string applied(const Layer& layer, const std::string& x, const std::string& other) {
  switch (layer.kind) {
    case Kind::relu: return fmt::format("torch.relu({})", x);
    case Kind::max_pool: return fmt::format("torch.max_pool2d({}, {})", x, layer.kernel);
    case Kind::add: return fmt::format("{} + {}", x, other);
    case Kind::skip: return x;
    case Kind::average: return fmt::format("torch.mean({}, [2, 3])", x);
    case Kind::flatten: return fmt::format("torch.flatten({}, 1)", x);
    default: return fmt::format("self.{}({})", layer.name, x);
  }
}

// Layers that are told in the statement of the one before them.
bool continues(const Layer& layer) {
  return layer.kind == Kind::normalization || layer.kind == Kind::relu ||
         layer.kind == Kind::max_pool || layer.kind == Kind::add || layer.kind == Kind::skip;
}

}  // namespace

PythonNetwork as_python(const NetworkImpl& net) {
  const Layers& layers = net.layers();
  PythonNetwork python = {.layers = {}, .forward = {}, .classes = net.classes()};
  std::vector<std::vector<int>> users(layers.size());
  for (size_t place = 0; place < layers.size(); ++place) {
    const Layer& layer = layers[place];
    const int64_t inputs = input_size(layers, layer, net.image_size_px()).channels;
    switch (layer.kind) {
      case Kind::convolution: python.layers.push_back(convolution(layer, inputs)); break;
      case Kind::normalization: python.layers.push_back(normalization(layer)); break;
      case Kind::average_pool: python.layers.push_back(average_pool(layer)); break;
      case Kind::dropout: python.layers.push_back(dropout(layer)); break;
      case Kind::dense: python.layers.push_back(dense(layer, inputs)); break;
      default: break;
    }
    for (const int input : layer.inputs) {
      if (input != kImages) users[static_cast<size_t>(input)].push_back(static_cast<int>(place));
    }
  }
  std::vector<std::string> names(layers.size());
  const auto name_of = [&](int place) {
    return place == kImages ? std::string("x") : names[static_cast<size_t>(place)];
  };
  int number = 0;
  for (size_t place = 0; place < layers.size(); ++place) {
    const auto effect = [&](size_t at, const std::string& x) {
      const std::vector<int>& inputs = layers[at].inputs;
      return applied(layers[at], x, inputs.size() > 1 ? name_of(inputs[1]) : "");
    };
    std::string value = effect(place, name_of(layers[place].inputs[0]));
    const auto next_alone = [&] { return std::vector<int>{static_cast<int>(place) + 1}; };
    while (users[place] == next_alone() && continues(layers[place + 1]) &&
           layers[place + 1].inputs[0] == static_cast<int>(place)) {
      value = effect(++place, value);
    }
    // What is needed later keeps a name of its own.
    const bool is_last = place + 1 == layers.size();
    names[place] = is_last                        ? "z"
                   : users[place] == next_alone() ? "x"
                                                  : fmt::format("x{}", ++number);
    python.forward.push_back(fmt::format("{} = {}", names[place], value));
  }
  return python;
}

}  // namespace catdog
