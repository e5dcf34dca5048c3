import type { DecoderConfiguration } from '../codecs/configuration.js';
import { box, type Box } from './box.js';
import { buildEsds } from './boxes/esds.js';

/** Composes the box of a sample entry from which a decoder is set up. */
export function buildDecoderConfiguration(decoder: DecoderConfiguration): Box {
  switch (decoder.kind) {
    case 'box': {
      const { type, payload } = decoder;
      return box(type, payload.byteLength, (writer) => writer.bytes(payload));
    }
    case 'descriptor':
      return buildEsds(decoder.objectType, decoder.specificInfo);
  }
}
