import { fullBox, type Box } from '../box.js';

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
