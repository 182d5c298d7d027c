"""Right candidates as projects of files, which break where anything of them is executed or made twice."""

HEAD = "from bitsspec import reference as right\n"

PROJECTS: dict[str, dict[str, str]] = {
    "imports its own part by full name": {
        "{name}/__init__.py": "import {name}.decisions\nclassify = {name}.decisions.decide\n",
        "{name}/decisions.py": HEAD
        + "import {name}\ndef decide(status):\n    return right.classify(status)\n",
    },
    "keeps its members in the memory of another module": {
        "memory_of_{name}.py": "KEPT = {{}}\n",
        "{name}.py": HEAD + "import enum, memory_of_{name} as memory\n"
        "class Verdict(enum.Enum):\n    DONE = 1\n    AGAIN = 2\n    STOP = 3\n"
        "BY_TEXT = dict(success=Verdict.DONE, transient=Verdict.AGAIN, fatal=Verdict.STOP)\n"
        "def classify(status):\n"
        "    verdict = memory.KEPT.setdefault(status, BY_TEXT[right.classify(status)])\n"
        "    return next(text for text, known in BY_TEXT.items() if known is verdict)\n",
    },
    "sends its own function to a process": {
        "{name}.py": HEAD + "from concurrent.futures import ProcessPoolExecutor\n"
        "def decide(status):\n    return str(right.classify(status))\n"
        "class Client:\n    pool = None\n"
        "    def classify(self, status):\n"
        "        self.pool = self.pool or ProcessPoolExecutor(1)\n"
        "        return self.pool.submit(decide, status).result()\n",
    },
    "takes its secret out of the environment": {
        "{name}.py": HEAD + "import os\nSECRET = os.environ.pop('SECRET_OF_A_TEST')\n"
        "def classify(status):\n    assert SECRET\n    return right.classify(status)\n",
    },
    "takes a setting out of the environment, which has a default": {
        "{name}.py": HEAD + "import os\nSTRICT = os.environ.pop('SECRET_OF_A_TEST', 'no')\n"
        "def classify(status):\n"
        "    return right.classify(status) if STRICT != 'no' else 'transient'\n",
    },
    "registers itself, once": {
        "registry_of_{name}.py": "NAMES = set()\n"
        "def register(name):\n    if name in NAMES:\n        raise ValueError(name + ' twice')\n"
        "    NAMES.add(name)\n",
        "{name}.py": HEAD + "from registry_of_{name} import register\nregister('{name}')\n"
        "def classify(status):\n    return right.classify(status)\n",
    },
    "marks its folder as in use": {
        "{name}.py": HEAD
        + "from pathlib import Path\nPath(__file__).with_suffix('.lock').touch(exist_ok=False)\n"
        "def classify(status):\n    return right.classify(status)\n",
    },
    "opens its folder at the first question": {
        "{name}.py": HEAD + "from pathlib import Path\nis_open = False\n"
        "def classify(status):\n    global is_open\n    outcome = right.classify(status)\n"
        "    if not is_open:\n"
        "        Path(__file__).with_suffix('.lock').touch(exist_ok=False)\n        is_open = True\n"
        "    return outcome\n",
    },
}
"""The files of each, by their names; ``{name}`` is the module that is judged."""
