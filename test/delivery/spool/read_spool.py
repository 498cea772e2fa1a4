"""Reads a spool directory, written from docs/SPOOL.md alone. Prints one JSON object: the lines as [sequence, mask, text],
in order, each once."""
import json
import os
import re
import sys
import zlib


def stamped(line):
    body, crc = line[:-8], line[-8:]
    if not body.endswith(b" ") or crc != b"%08x" % zlib.crc32(body):
        return None
    return body[:-1]


HEADER = re.compile(rb"@1 (\d{1,15}) (\d{1,15}) (\d{1,15}) (\S+) ([0-9a-f]{8})")
RUN = re.compile(rb"(-?\d+(?:\.\d+)?):([0-9a-f]{1,8}):(\d{1,9})")
SEGMENT = re.compile(rb"#hewn-spool 1 ([0-9a-v]{16}) (\d+) (\d+) (\d+) =(\S*)")
LONGEST = 512 * 1024


def header(data, at):
    end = data.find(b"\n", at)
    if end == -1 or end - at > LONGEST:
        return None
    match = HEADER.fullmatch(stamped(data[at:end]) or b"")
    if not match:
        return None
    runs = [RUN.fullmatch(run) for run in match[4].split(b",")]
    if not all(runs):
        return None
    runs = [(int(run[2], 16), int(run[3])) for run in runs]
    return end + 1, int(match[1]), int(match[2]), runs, int(match[5], 16)


def frames(data):
    at = 0
    end = data.find(b"\n")
    if end != -1 and SEGMENT.fullmatch(stamped(data[:end]) or b""):
        at = end + 1
    while at < len(data):
        found = header(data, at) if at > 0 else None
        search = at
        if found:
            start, length, first, runs, crc = found
            payload = data[start : start + length]
            if len(payload) == length and payload.endswith(b"\n") and zlib.crc32(payload) == crc:
                yield first, runs, payload
                at = start + length
                continue
            if header(data, start + length):
                at = start + length
                continue
            search = start - 1
        while True:
            search = data.find(b"\n@1 ", search)
            if search == -1:
                return
            search += 1
            if header(data, search):
                at = search
                break


def main(folder):
    lines, expected = [], 1
    names = [name for name in os.listdir(folder) if re.fullmatch(r"\d{8,15}\.seg", name)]
    for name in sorted(names, key=lambda name: int(name[:-4])):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        for first, runs, payload in frames(data):
            texts = payload.decode().split("\n")
            sequence = first
            for mask, count in runs:
                for _ in range(count):
                    if sequence >= expected:
                        lines.append([sequence, mask, texts[sequence - first]])
                    sequence += 1
            expected = max(expected, sequence)
    return lines


# Folders, one a line, on stdin: one answer a line.
for line in sys.stdin:
    print(json.dumps(main(line.rstrip("\n"))), flush=True)
