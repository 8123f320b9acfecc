// SPDX-License-Identifier: Apache-2.0
// A model as TorchScript: a module with the network's layers as submodules and its code as text.
#include <spdlog/fmt/fmt.h>
#include <torch/script.h>

#include <sstream>

#include "architecture.hpp"
#include "formats.hpp"
#include "python_forward.hpp"

namespace catdog {
namespace {

// A module in inference mode, to which code is still to be added.
torch::jit::Module new_module(const std::string& type,
                              const std::shared_ptr<torch::jit::CompilationUnit>& unit) {
  torch::jit::Module module(c10::QualifiedName("__torch__." + type), unit);
  module.register_attribute("training", c10::BoolType::get(), false);
  return module;
}

void add_layer(torch::jit::Module& network, const PythonLayer& layer, const NamedTensors& weights) {
  torch::jit::Module module = new_module(layer.name, network._ivalue()->compilation_unit());
  const std::string prefix = layer.name + ".";
  for (const auto& [name, tensor] : weights) {
    if (!name.starts_with(prefix)) continue;
    module.register_parameter(name.substr(prefix.size()), tensor.detach().contiguous().clone(),
                              /*is_buffer=*/!tensor.requires_grad());
  }
  module.define(fmt::format("def forward(self, x):\n    return {}\n", layer.forward));
  network.register_module(layer.name, module);
}

// The network's statements as LibTorch compiles them: there only a method can be called.
PythonNetwork with_methods(PythonNetwork network) {
  for (const PythonLayer& layer : network.layers) {
    const std::string call = "self." + layer.name + "(",
                      method = "self." + layer.name + ".forward(";
    for (std::string& statement : network.forward) {
      const size_t place = statement.find(call);
      if (place != std::string::npos) statement.replace(place, call.size(), method);
    }
  }
  return network;
}

}  // namespace

std::string to_torchscript(const ExportSource& source) {
  const PythonNetwork python = with_methods(as_python(*source.model.net));
  torch::jit::Module network =
      new_module("Network", std::make_shared<torch::jit::CompilationUnit>());
  for (const PythonLayer& layer : python.layers) {
    add_layer(network, layer, weights_of(*source.model.net));
  }
  network.define(
      forward_in_python(python, "def forward(self, pictures) -> Tuple[Tensor, Tensor]:"));
  std::ostringstream file;
  const auto description = description_of(source);
  network.save(file, {description.begin(), description.end()});
  return file.str();
}

OpenedExport open_torchscript(std::string_view bytes) {
  std::istringstream file{std::string(bytes)};
  torch::jit::Module network = torch::jit::load(file);
  return [network](const torch::Tensor& pictures) mutable {
    const torch::NoGradGuard no_gradient;
    const auto outputs = network.forward({pictures}).toTuple();
    return ExportOutputs{outputs->elements().at(0).toTensor(),
                         outputs->elements().at(1).toTensor()};
  };
}

}  // namespace catdog
