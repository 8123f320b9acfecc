// SPDX-License-Identifier: Apache-2.0
#include "python_forward.hpp"

namespace catdog {

std::string forward_in_python(const PythonNetwork& network, const std::string& signature,
                              const std::string& indent) {
  std::string text = indent + signature + "\n";
  const auto add = [&](const std::string& statement) {
    text += indent + "    " + statement + "\n";
  };
  add("x = pictures.permute(0, 3, 1, 2).float() * (1 / 255)");
  for (const std::string& statement : network.forward) add(statement);
  // sigmoid(-z) is more exact than 1 - sigmoid(z) where that is small.
  add(network.classes == 2 ? "return z.squeeze(1), torch.sigmoid(torch.cat([-z, z], 1))"
                           : "return z, torch.softmax(z, 1)");
  return text;
}

}  // namespace catdog
