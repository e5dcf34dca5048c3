import assert from 'node:assert/strict';
import { HardwareDeviceContext, Log } from 'node-av/lib';
import { AV_HWDEVICE_TYPE_VULKAN, AV_LOG_FATAL } from 'node-av/constants';

/**
 * For the `skip` option of a test that needs a Vulkan device, as Mesa has one in software. Says on stderr, loudly, what is left
 * out; on a CI machine (`CI=true`) its absence is a failure.
 * @param what - what is not tested without it.
 * @returns false when there is one, else why the test is skipped.
 */
export function missingVulkan(what: string): string | false {
  Log.setLevel(AV_LOG_FATAL);
  using device = new HardwareDeviceContext();
  if (device.create(AV_HWDEVICE_TYPE_VULKAN) >= 0) return false;
  const message = `NOT TESTED: ${what}, because there is no Vulkan device here.`;
  assert.notEqual(process.env['CI'], 'true', message);
  process.stderr.write(`\n${message} Install mesa-vulkan-drivers to have it tested.\n`);
  return message;
}
