/** A small Markdown reader that makes nodes: headings, quotes, lists, code, bold, links. */
import { anchor, h, linked } from "./dom.js";

const FONT = /<font color="(info|comment|warning)">([\s\S]*?)<\/font>/;
const INLINE = new RegExp(
  [
    /\*\*(?<bold>[^\n]+?)\*\*/,
    /`(?<code>[^`\n]+)`/,
    /\[(?<label>[^\]\n]*)\]\((?<url>[^)\s]+)\)/,
    /(?<![\w*])\*(?<italic>[^*\s][^*\n]*?)\*(?![\w*])/,
    /~~(?<struck>[^~\n]+)~~/,
    /<font color="(?<colour>info|comment|warning)">(?<toned>[^<]*)<\/font>/,
  ]
    .map((part) => part.source)
    .join("|"),
  "g",
);

export function inline(text, depth = 0) {
  if (depth > 4) return [text];
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...linked(text.slice(end, match.index)));
    nodes.push(piece(match.groups, depth + 1));
    end = match.index + match[0].length;
  }
  return [...nodes, ...linked(text.slice(end))];
}

function piece(found, depth) {
  if (found.bold !== undefined) return h("strong", {}, inline(found.bold, depth));
  if (found.code !== undefined) return h("code", {}, found.code);
  if (found.italic !== undefined) return h("em", {}, inline(found.italic, depth));
  if (found.struck !== undefined) return h("s", {}, inline(found.struck, depth));
  if (found.toned !== undefined) return h("span", { class: `tone-${found.colour}` }, inline(found.toned, depth));
  return anchor(found.url, inline(found.label || found.url, depth));
}

export function markdown(text) {
  const root = h("div", { class: "markdown", dir: "auto" });
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  let at = 0;
  const run = (wanted) => {
    const taken = [];
    while (at < lines.length && wanted.test(lines[at])) taken.push(lines[at++].replace(wanted, ""));
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) at += 1;
    else if (heading) {
      root.append(h("p", { class: `heading heading-${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 2 }, inline(heading[2])));
      at += 1;
    } else if (/^ {0,3}([-*_])( *\1){2,}\s*$/.test(line)) {
      root.append(h("hr"));
      at += 1;
    } else if (/^```/.test(line)) root.append(codeBlock());
    else if (/^\s*>/.test(line)) root.append(h("blockquote", {}, lineBreaks(run(/^\s*> ?/))));
    else if (BULLET.test(line)) root.append(h("ul", {}, run(BULLET).map((item) => h("li", {}, inline(item)))));
    else if (NUMBER.test(line)) root.append(h("ol", { start: parseInt(line, 10) || 1 }, run(NUMBER).map((item) => h("li", {}, inline(item)))));
    else root.append(h("p", {}, lineBreaks(paragraph())));
  }
  return root;

  function codeBlock() {
    at += 1;
    const code = run(/^(?!```)/);
    at += 1;
    return h("pre", {}, h("code", {}, code.join("\n")));
  }

  function paragraph() {
    const taken = [lines[at++]];
    while (at < lines.length && lines[at].trim() && !STARTS_BLOCK.test(lines[at])) taken.push(lines[at++]);
    return taken;
  }
}

const BULLET = /^\s*[-*+•] +/;
const NUMBER = /^\s*\d{1,9}[.)、] +/;
const STARTS_BLOCK = /^(#{1,6}\s|\s*>|```|\s*[-*+•] +|\s*\d{1,9}[.)、] +)/;

/** Chat keeps its line ends. */
function lineBreaks(lines) {
  return lines.flatMap((line, index) => (index ? [h("br"), ...inline(line)] : inline(line)));
}

/** The words of Markdown without its marks, for previews. */
export function plainOf(text) {
  return text
    .replace(new RegExp(FONT.source, "g"), "$2")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*`~]+|^\s*(#{1,6}|>|[-+•])\s+/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}
