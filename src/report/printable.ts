/** Control characters, which a job's output may hold, must not reach a terminal. */
export const printable = (text: string): string => text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '?');
