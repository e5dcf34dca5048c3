import { fullBox, type Box } from '../box.js';
import { openFullBox, readText, type BoxView } from '../box-view.js';
import { fourccAt } from '../box-view.js';

/**
 * HandlerBox.
 * @param handlerType - `vide` or `soun`.
 * @param name - the track's title; players show it in menus. A zero character would end it and is left out.
 * @see ISO/IEC 14496-12 - 8.4.3
 */
export function buildHdlr(handlerType: 'vide' | 'soun', name: string): Box {
  const encoded = new TextEncoder().encode(name.replaceAll('\0', ''));
  return fullBox('hdlr', 0, 0, 20 + encoded.byteLength + 1, (writer) => {
    writer.u32(0); // pre_defined
    writer.ascii(handlerType);
    writer.zeros(12);
    writer.bytes(encoded);
    writer.u8(0);
  });
}

/** What a handler box says. */
export interface Handler {
  /** `vide`, `soun`, `text`, … */
  readonly handlerType: string;
  /** The track's title, or the name of a program. */
  readonly name: string;
}

/**
 * Parses a HandlerBox. QuickTime's name is a Pascal string, which a first byte that counts the rest gives away.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.4.3; QuickTime File Format, "Handler reference atoms"
 */
export function parseHdlr(box: BoxView): Handler {
  const { cursor } = openFullBox(box);
  cursor.skip(4);
  const handlerType = fourccAt(cursor.view(4), 0);
  cursor.skip(Math.min(12, cursor.remaining));
  const at = box.body.length - cursor.remaining;
  if (cursor.remaining > 0 && box.body[at] === cursor.remaining - 1) cursor.skip(1);
  return { handlerType, name: readText(cursor) };
}
