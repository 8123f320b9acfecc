# SPDX-License-Identifier: Apache-2.0
"""Each snippet in docs/export.md and the exported model.py say of every image what catdog predict
says, and refuse what it refuses. The folder of images: odd_images.py.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from command_support import catdog, packages
from export_support import ExportedTest

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs/export.md"
SOURCE = DOCUMENT.parent.parent / "src/export/python/read_image.py"
CLOSE = 1e-4
# Runs a snippet for each path that stdin names; the answers go into a file, for snippets print.
DRIVER = """
import json, pathlib, sys
snippet, answers = compile(pathlib.Path(sys.argv[1]).read_text(), "snippet", "exec"), {}
for path in sys.stdin.read().splitlines():
    try:
        names = {"PATH": path}
        exec(snippet, names)
        answers[path] = names["probabilities"][0].tolist()
    except OSError as error:
        answers[path] = str(error)
pathlib.Path(sys.argv[2]).write_text(json.dumps(answers))
"""
# What the snippet for browsers finds there. argv: the snippet, width, a file of RGBA bytes.
BROWSER = """
import fs from "node:fs";
const [, , snippet, width, file] = process.argv;
const data = new Uint8ClampedArray(fs.readFileSync(file));
const canvas = {getContext: kind => ({getImageData: (x, y, w, h) => {
  if (kind != "2d" || x || y || w != width || h != width) throw new Error("another canvas");
  return {data};
}})};
let given;
const ort = {
  Tensor: class { constructor(...values) { given = values; } },
  InferenceSession: {create: async name => ({run: async ({pictures}) => (
    {probabilities: {data: [name, pictures instanceof ort.Tensor]}})})}};
const AsyncFunction = (async () => {}).constructor;
const run = new AsyncFunction("ort", "canvas", fs.readFileSync(snippet) + ";return probabilities");
const [name, called] = await run(ort, canvas);
console.log(JSON.stringify({name, called, kind: given[0], bytes: [...given[1]], shape: given[2]}));
"""


def snippets():
    """The code blocks of the document, by the words that tell them apart."""
    code = re.findall(r"^```(python|js)\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"),
                      re.MULTILINE | re.DOTALL)
    words = {"read_image": "def read_image", "onnxruntime": "import onnxruntime",
             "opencv": "cv2.dnn", "model": "from model import", "torchscript": "torch.jit.load",
             "browser": "ort.InferenceSession"}
    found = {name: [text for _, text in code if word in text] for name, word in words.items()}
    assert all(len(texts) == 1 for texts in found.values()), found
    assert len(code) == len(words), "docs/export.md has a snippet that no test runs"
    return {name: texts[0] for name, texts in found.items()}


class ExportSnippets(ExportedTest):
    NAMES = ("odd", "bilinear", "area")

    @classmethod
    def setUpClass(cls):
        packages("numpy", "PIL.Image", "cv2", "onnxruntime", "torch", "safetensors")
        super().setUpClass()
        from odd_images import write_odd_images
        cls.readable, cls.refused = write_odd_images(cls.shared / "odd")
        cls.paths = cls.readable + cls.refused
        cls.snippets = snippets()
        cls.predicted = {name: cls.predict(name) for name in cls.NAMES}

    @classmethod
    def predict(cls, name):
        """The probabilities or the fault of each file, by catdog predict."""
        result = catdog("predict", "--model", cls.model(name), "--json", "--precision", "fp32",
                        *cls.paths)
        assert result.returncode == 3, result.stderr
        answers = {}
        for line in map(json.loads, result.stdout.splitlines()):
            probabilities = line.get("probabilities")
            answers[line["file"]] = (line["error"] if probabilities is None else
                                     [probabilities["cats"], probabilities["dogs"]])
        return answers

    def beside(self, name):
        """A folder with what was exported, and read_image.py as the document tells to save it."""
        for path in self.model(name).parent.iterdir():
            if path.is_file():
                shutil.copy(path, self.folder)
        (self.folder / "read_image.py").write_text(self.snippets["read_image"], encoding="utf-8")

    def python(self, *arguments, **options):
        environment = dict(os.environ, OPENCV_LOG_LEVEL="SILENT", PYTHONPATH=os.pathsep.join(
            [str(self.folder), os.environ["CATDOG_TEST_PACKAGES"]]))
        return subprocess.run([sys.executable, *map(str, arguments)], env=environment, text=True,
                              cwd=self.folder, capture_output=True, timeout=600, **options)

    def answers(self, code, paths):
        (self.folder / "snippet.py").write_text(code, encoding="utf-8")
        (self.folder / "driver.py").write_text(DRIVER, encoding="utf-8")
        result = self.python("driver.py", "snippet.py", "answers.json",
                             input="\n".join(map(str, paths)))
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads((self.folder / "answers.json").read_text())

    def differences(self, name, answers):
        """The files of which something else is said than by catdog predict."""
        def same(ours, predicted):
            if isinstance(ours, str) or isinstance(predicted, str):
                return isinstance(ours, str) and isinstance(predicted, str)
            return max(abs(a - b) for a, b in zip(ours, predicted, strict=True)) <= CLOSE
        return [pathlib.Path(path).name for path, ours in answers.items()
                if not same(ours, self.predicted[name][path])]

    def in_document(self, snippet, name):
        """The snippet with a path in place of the document's, and the model's size and resizing."""
        code = self.snippets[snippet]
        self.assertEqual(code.count('"cat.jpg"'), 1)
        settings = 'SIZE, RESIZE = 150, "nearest"'
        self.assertEqual(settings in code, snippet == "opencv")
        resize = name if name in ("bilinear", "area") else "nearest"
        return code.replace('"cat.jpg"', "PATH").replace(
            settings, f'SIZE, RESIZE = {self.size[name]}, "{resize}"')

    def test_predict_reads_and_refuses_what_is_documented(self):
        for name, predicted in self.predicted.items():
            self.assertEqual(sorted(predicted), sorted(map(str, self.paths)))
            self.assertEqual([path for path in self.paths if isinstance(predicted[str(path)], str)],
                             self.refused)
            # The network tells the images apart, or equal answers would say nothing.
            first = [predicted[str(path)][0] for path in self.readable]
            self.assertGreater(max(first) - min(first), 100 * CLOSE, name)

    def test_snippets(self):
        for name in self.NAMES:
            self.beside(name)
            for snippet in ("onnxruntime", "opencv", "model", "torchscript"):
                with self.subTest(name, snippet=snippet):
                    answers = self.answers(self.in_document(snippet, name), self.paths)
                    self.assertEqual(len(answers), len(self.paths))
                    self.assertEqual(self.differences(name, answers), [])

    def test_the_module_as_a_script(self):
        for name in self.NAMES:
            self.beside(name)
            result = self.python("model.py", *self.paths)
            self.assertEqual(result.returncode, 1, result.stderr)
            answers = {}
            for line in result.stdout.splitlines():
                path, label, probability = re.fullmatch(r"(.*): (\w+) ([\d.]+)", line).groups()
                both = [float(probability), 1 - float(probability)]
                answers[path] = both if label == "cats" else both[::-1]
            self.assertEqual(self.differences(name, answers), [])
            self.assertEqual(sorted(answers), sorted(map(str, self.readable)))
            for path in self.refused:
                self.assertIn(f"{path}: ", result.stderr)

    def test_what_opencv_alone_reads_in_another_way(self):
        """The document's sentence on C++: the flag gives the same pixels but for these."""
        np, cv2 = packages("numpy", "cv2")
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        self.beside("area")
        sys.path.insert(0, str(self.folder))
        try:
            from read_image import decode_image
        finally:
            sys.path.pop(0)
        other = {}
        for path in self.readable:
            pixels = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
            ours = decode_image(path)
            if pixels is None or pixels.shape != ours.shape:
                other[path] = 255
            elif not np.array_equal(pixels[..., ::-1], ours):
                other[path] = np.abs(pixels[..., ::-1].astype(int) - ours).max()
        self.assertEqual(set(other), {
            path for path in self.readable
            if "cmyk" in path.name and path.suffix == ".jpg"
            or "turned" in path.name and path.suffix == ".tif"})
        self.assertEqual({int(most) for path, most in other.items() if path.suffix == ".jpg"}, {1})

    def test_differs_where_an_image_is_turned(self):
        """The test above can fail: OpenCV's default turns by EXIF, and the answers are others."""
        self.beside("area")
        turns = ('cv2.cvtColor(cv2.resize(cv2.imread(PATH), (SIZE, SIZE), '
                 'interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)')
        code = self.in_document("opencv", "area").replace("read_image(PATH, SIZE, RESIZE)", turns)
        paths = [path for path in self.readable if re.fullmatch(r"turned_\d\.jpg", path.name)]
        self.assertEqual(self.differences("area", self.answers(code, paths)),
                         [path.name for path in paths])

    def test_browser(self):
        """The pixels of a canvas come to the network as they are, in its order."""
        np, onnxruntime = packages("numpy", "onnxruntime")
        node = shutil.which("node")
        if node is None:
            self.skipTest("Node.js is not installed")
        size = self.size["odd"]
        pixels = self.seen("odd")[0]
        self.assertIn("150", self.snippets["browser"])
        (self.folder / "snippet.js").write_text(self.snippets["browser"].replace("150", str(size)),
                                                encoding="utf-8")
        (self.folder / "browser.mjs").write_text(BROWSER, encoding="utf-8")
        (self.folder / "rgba").write_bytes(
            np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]).tobytes())
        result = subprocess.run([node, "browser.mjs", "snippet.js", str(size), "rgba"], text=True,
                                cwd=self.folder, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        said = json.loads(result.stdout)
        self.assertEqual(said["name"], "model.onnx")
        self.assertEqual((said["called"], said["kind"]), (True, "uint8"))
        tensor = np.array(said["bytes"], np.uint8).reshape(said["shape"])
        session = onnxruntime.InferenceSession(self.exported("odd", "onnx"))
        self.expect_same("odd", session.run(None, {"pictures": tensor}), pixels[None])

    def test_one_source(self):
        """The document and model.py hold the functions of src/export/python/read_image.py."""
        source = SOURCE.read_text(encoding="utf-8").partition("\n")[2]
        self.assertEqual(self.snippets["read_image"].strip(), source.strip())
        functions = source.partition("from PIL import Image\n")[2].strip()
        module = self.exported("odd", "safetensors").with_suffix(".py")
        self.assertIn(functions, module.read_text(encoding="utf-8"))
        number = re.search(r"over (\d+) files", DOCUMENT.read_text(encoding="utf-8"))
        self.assertEqual(int(number[1]), len(self.paths))


if __name__ == "__main__":
    unittest.main()
