"""Where a package lies: a folder, a ZIP, or a bucket. Files are read in pieces."""

import os
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from shiftline.discovery import bag
from shiftline.discovery.verification.model import PackageUnreadable
from shiftline.discovery.verification.refused import tell_refusal, tell_unopened

_PIECE = 1024 * 1024


class Reader(Protocol):
    """A package by its paths."""

    @property
    def name(self) -> str:
        """How people call it."""
        ...

    def files(self) -> Mapping[str, int]:
        """Size in bytes by path. Raises PackageUnreadable."""
        ...

    def read(self, path: str) -> Iterator[bytes]:
        """A file's bytes, in pieces. Raises PackageUnreadable."""
        ...


def open_package(source: str | Path) -> Reader:
    """The reader for a path or ``s3://bucket/prefix``. Raises PackageUnreadable."""
    if "://" in str(source):
        return BucketReader(str(source))
    path = Path(source)
    if path.is_dir():
        return FolderReader(path)
    if path.is_file():
        return ZipReader(path)
    raise PackageUnreadable(f"There is no package at {path}: it is neither a folder nor a ZIP.")


class FolderReader:
    """A package in a folder. Links are no files: what they name may lie elsewhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    def files(self) -> Mapping[str, int]:
        """What is in the folder."""
        found: dict[str, int] = {}
        for folder, names, files in os.walk(self._folder, onerror=_raise):
            for name in (*files, *names):
                path = Path(folder, name)
                known = path.lstat()
                if stat.S_ISDIR(known.st_mode):
                    continue
                if not stat.S_ISREG(known.st_mode):
                    raise PackageUnreadable(f"{path} is a link or no plain file: a package holds files only.")
                found[sys.intern(path.relative_to(self._folder).as_posix())] = known.st_size
        return found

    def read(self, path: str) -> Iterator[bytes]:
        """A file of it."""
        try:
            with (self._folder / path).open("rb") as file:
                while chunk := file.read(_PIECE):
                    yield chunk
        except OSError as error:
            raise PackageUnreadable(f"{self._folder / path} cannot be read: {error.strerror}.") from error


class ZipReader:
    """A package in a ZIP, at its root or in its one folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise PackageUnreadable(f"{path} is no whole ZIP: {error}.") from error
        names = [each for each in self._archive.namelist() if each.endswith(f"/{bag.BAGIT}")]
        whole = bag.BAGIT in self._archive.namelist() or not names
        self._root = "" if whole else min(names, key=len).removesuffix(bag.BAGIT)

    @property
    def name(self) -> str:
        """The ZIP's path."""
        return str(self._path)

    def files(self) -> Mapping[str, int]:
        """What is in the ZIP."""
        found: dict[str, int] = {}
        for each in self._archive.infolist():
            if each.is_dir():
                continue
            path = each.filename.removeprefix(self._root)
            if path in found or not each.filename.startswith(self._root):
                raise PackageUnreadable(f"{self._path} holds {each.filename} twice or beside the package.")
            found[sys.intern(path)] = each.file_size
        return found

    def read(self, path: str) -> Iterator[bytes]:
        """A file of it."""
        try:
            with self._archive.open(self._root + path) as file:
                while chunk := file.read(_PIECE):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise PackageUnreadable(f"{path} in {self._path} cannot be read: {error}.") from error


class BucketReader:
    """A package in a bucket, below a prefix. Credentials are those of the environment, as obstore reads them."""

    def __init__(self, url: str, store: ObjectStore | None = None) -> None:
        self._url = url
        try:
            self._store: ObjectStore = store or from_url(url)
        except (BaseError, ValueError) as error:
            raise PackageUnreadable(tell_unopened(url, error)) from error

    @property
    def name(self) -> str:
        """The bucket and prefix."""
        return self._url

    def files(self) -> Mapping[str, int]:
        """What is below the prefix."""
        try:
            return {sys.intern(each["path"]): each["size"] for batch in obstore.list(self._store) for each in batch}
        except (BaseError, OSError) as error:
            raise PackageUnreadable(tell_refusal(self._url, "", error)) from error

    def read(self, path: str) -> Iterator[bytes]:
        """An object of it."""
        try:
            for chunk in obstore.get(self._store, path).stream(min_chunk_size=_PIECE):
                yield bytes(chunk)
        except (BaseError, OSError) as error:
            raise PackageUnreadable(tell_refusal(self._url, path, error)) from error


def _raise(error: OSError) -> None:
    raise PackageUnreadable(f"{error.filename} cannot be read: {error.strerror}.") from error
