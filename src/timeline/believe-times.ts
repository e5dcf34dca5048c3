import { slackTicksOf, type AudioPlacementRules, type TimedPacket } from './place-audio.js';

/**
 * Takes its own time away from a packet that lies: one whose time is far from where the sound goes on, while the packet
 * behind it goes on as if that time were another. A single damaged time then costs nothing, wherever it points.
 * @param packets - in stored order.
 * @param rules - what holds for the track.
 * @returns the packets; one that is not believed has the time at which the sound goes on, and none of its own.
 */
export function believeTimes<T extends TimedPacket>(
  packets: readonly T[],
  rules: AudioPlacementRules,
): readonly T[] {
  const { timing, rate } = rules;
  const slack = (slackTicksOf(rules) * timing.timescale) / rate;
  const believed: T[] = [];
  let expected: number | undefined;
  for (let i = 0; i < packets.length; i++) {
    let packet = packets[i]!;
    const duration = packet.frames === undefined ? undefined : (packet.frames * timing.timescale) / rate;
    const next = packets[i + 1];
    if (expected === undefined && duration !== undefined && next?.timeIsOwn === true) {
      // Nothing comes before it to compare with; but time does not run backwards.
      if (packet.time > next.time + slack) packet = { ...packet, time: Math.round(next.time - duration) };
    }
    if (!packet.timeIsOwn) {
      if (expected !== undefined) packet = { ...packet, time: Math.round(expected) };
    } else if (expected !== undefined && Math.abs(packet.time - expected) > slack) {
      const goesOn =
        duration !== undefined &&
        next?.timeIsOwn === true &&
        Math.abs(next.time - expected - duration) <= slack &&
        Math.abs(next.time - packet.time - duration) > slack;
      if (goesOn) packet = { ...packet, time: Math.round(expected), timeIsOwn: false };
    }
    believed.push(packet);
    const from: number = packet.timeIsOwn || expected === undefined ? packet.time : expected;
    expected = duration === undefined ? undefined : from + duration;
  }
  return believed;
}
