/*
 * The path goes up first, so that it leads there from this file and from whichever part of the bundled program holds it:
 * all parts are in folders beside `engine`.
 */

/** The module that an engine process runs: jobs, one after another. */
export const JOBS_ENTRY = new URL('../engine/process/main.js', import.meta.url);

/** The module that a demultiplexing process runs. */
export const DEMUX_ENTRY = new URL('../engine/process/demux-main.js', import.meta.url);
