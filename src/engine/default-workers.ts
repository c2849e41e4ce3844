/** Threads of a run for which nobody has said how many. */
export const defaultWorkers = 2;
