/** Who is in its group may write, and what is made there gets its group; everybody may read. */
export const METRICS_FOLDER_MODE = 0o2775;
