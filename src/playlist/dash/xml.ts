/** An element of an XML document. */
export interface XmlElement {
  /** Its name. */
  readonly name: string;
  /** Names with their values as they are meant, not yet escaped; an undefined value leaves the attribute out. */
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  /** What it holds: other elements, or a text as it is meant. */
  readonly content?: readonly XmlElement[] | string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What no document can hold, half a surrogate pair included: section 2.2. */
// eslint-disable-next-line no-control-regex -- they are what is taken out.
const unfit = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;

/**
 * Writes an XML document, each element on lines of its own.
 * @param root - its outermost element.
 * @returns text of lines that end with a line feed.
 * @see Extensible Markup Language (XML) 1.0, section 2
 */
export function writeXml(root: XmlElement): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  addLines(lines, root, '');
  return `${lines.join('\n')}\n`;
}

function addLines(lines: string[], { name, attributes, content = [] }: XmlElement, indent: string): void {
  const stated = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escapeXml(String(value))}"`);
  const opening = `${indent}<${name}${stated.join('')}`;
  if (typeof content === 'string') {
    lines.push(`${opening}>${escapeXml(content)}</${name}>`);
  } else if (content.length === 0) {
    lines.push(`${opening}/>`);
  } else {
    lines.push(`${opening}>`);
    for (const child of content) addLines(lines, child, `${indent}  `);
    lines.push(`${indent}</${name}>`);
  }
}

/** A text as it stands in a document. */
function escapeXml(text: string): string {
  return text.replace(unfit, '').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
