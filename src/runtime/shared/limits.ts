/** The most that a person may ask for, and so what a function must be able to take. */
export const MOST_MONTHS_AHEAD = 120;

/** The functions take an int of months, and a spec allows no more than this. */
export const MOST_KEEP_MONTHS = 1_200;
