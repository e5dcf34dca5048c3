import { containerBox, type Box } from '../box.js';
import { buildStco } from './stco.js';
import { buildStsc } from './stsc.js';
import { buildStsz } from './stsz.js';
import { buildStts } from './stts.js';

/**
 * SampleTableBox of a fragmented file: the sample entries, and the tables that must be there, all empty.
 * @see ISO/IEC 14496-12 - 8.5.1
 */
export function buildStbl(stsd: Box): Box {
  return containerBox('stbl', [stsd, buildStts(), buildStsc(), buildStsz(), buildStco()]);
}
