"""Data files, made when they are asked for and kept while the code that makes them is the same.

A file is named by its kind and its number of rows; beside it lies what is true of it."""

import glob
import hashlib
import os
import shutil

import ibm_pages
import otc_rows
import otc_unpredictable
import truth

HERE = os.path.dirname(os.path.abspath(__file__))


def code_digest():
    digest = hashlib.sha256()
    for path in sorted(glob.glob(os.path.join(HERE, "*.py"))):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(row + "\n" for row in rows)


def write_array(path, rows, separator):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("[" + separator[1:])
        for i, row in enumerate(rows):
            file.write(row if i == 0 else separator + row)
        file.write(separator[1:] + "]\n")


class Store:
    def __init__(self, folder):
        self.folder = os.path.join(folder, "data-" + code_digest())
        for old in glob.glob(os.path.join(folder, "data-*")):
            if old != self.folder:
                shutil.rmtree(old)
        os.makedirs(self.folder, exist_ok=True)

    def made(self, name, make):
        """The path of a file or folder; it gets its name only once it is whole."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            print(f"make {name}", flush=True)
            base, extension = os.path.splitext(path)
            partial = f"{base}-partial{extension}"
            if os.path.isdir(partial):
                shutil.rmtree(partial)
            make(partial)
            os.rename(partial, path)
        return path

    def rows(self, kind, rows):
        """A kind: regular.ndjson, regular.json, or one of otc_unpredictable's with its ending."""
        name, ending = kind.split(".")

        def make(path):
            pretty = name != "regular" and otc_unpredictable.KINDS[name][1]
            texts = otc_rows.compact(rows) if name == "regular" \
                else otc_unpredictable.rows_of(name, rows)
            if ending == "ndjson":
                write_lines(path, texts)
            else:
                write_array(path, texts, ",\n" if pretty else ",")
        return self.made(f"{name}-{rows}.{ending}", make)

    def row_truth(self, kind, rows):
        # The regular array holds the rows of the regular lines.
        name, ending = ("regular.ndjson" if kind == "regular.json" else kind).split(".")

        def make(path):
            truth.write(truth.of_rows(self.rows(f"{name}.{ending}", rows)), path)
        return truth.read(self.made(f"{name}-{rows}.{ending}.truth", make))

    def pages(self, reports):
        """The folder of the pages."""
        def make(path):
            os.mkdir(path)
            for name, text in ibm_pages.pages(reports):
                with open(os.path.join(path, name), "w", encoding="utf-8") as file:
                    file.write(text)
        return self.made(f"ibm-{reports}", make)

    def page_truth(self, reports):
        def make(path):
            texts = (open(name, encoding="utf-8").read()
                     for name in glob.glob(os.path.join(self.pages(reports), "*.json")))
            truth.write(truth.of_pages(texts), path)
        return truth.read(self.made(f"ibm-{reports}.truth", make))
