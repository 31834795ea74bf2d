"""A C++ source with comments and literals blanked out, so that a word in prose is not taken for a call."""


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def _end_of_literal(text, start):
    """Index behind the string or character literal that opens at `start`."""
    quote = text[start]
    at = start + 1
    while at < len(text) and text[at] != quote and text[at] != "\n":
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def _end_of_raw(text, start):
    """Index behind the raw string whose quote stands at `start` (R"tag( … )tag")."""
    opened = text.find("(", start)
    if opened < 0:
        return len(text)
    close = text.find(")" + text[start + 1:opened] + '"', opened)
    return len(text) if close < 0 else close + opened - start + 1


def blank_comments_and_strings(text):
    """Same length and lines as `text`; includes keep their paths because they are told apart from literals."""
    out = []
    at = 0
    while at < len(text):
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
        elif text.startswith("/*", at):
            end = text.find("*/", at)
            end = len(text) if end < 0 else end + 2
        elif text[at] == '"' and at > 0 and text[at - 1] == "R":
            end = _end_of_raw(text, at)
        elif text[at] == '"' or (text[at] == "'" and not (at > 0 and text[at - 1].isalnum())):
            end = _end_of_literal(text, at)
        else:
            out.append(text[at])
            at += 1
            continue
        out.append("".join(c if c == "\n" else " " for c in text[at:end]))
        at = end
    return "".join(out)
