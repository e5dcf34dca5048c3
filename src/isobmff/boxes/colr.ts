import { box, type Box } from '../box.js';
import type { VideoColor } from '../../media/track.js';

/**
 * ColourInformationBox of type `nclx`. A range that is not said is limited, as in every video codec.
 * @see ISO/IEC 14496-12 - 12.1.5
 */
export function buildColr(color: VideoColor): Box {
  return box('colr', 11, (writer) => {
    writer.ascii('nclx');
    writer.u16(color.primaries);
    writer.u16(color.transfer);
    writer.u16(color.matrix);
    writer.u8(color.fullRange === true ? 0x80 : 0);
  });
}
