import * as z from 'zod';

const result = z.looseObject({ duration: z.number().min(0).nullish(), status: z.string().nullish() });

const test = z.looseObject({
  projectId: z.string().nullish(),
  projectName: z.string().nullish(),
  results: z.array(result).nullish(),
});

const spec = z.looseObject({ file: z.string().nullish(), tests: z.array(test).nullish() });

/** Suites hold suites; the reader's limit on nesting keeps this from going too deep. */
const suite = z.looseObject({
  title: z.string().nullish(),
  file: z.string().nullish(),
  specs: z.array(spec).nullish(),
  get suites() {
    return z.array(suite).nullish();
  },
});

const project = z.looseObject({
  id: z.string().nullish(),
  name: z.string().nullish(),
  /** The runner's own reporter leaves these two out; others write them. */
  dependencies: z.array(z.string()).nullish(),
  teardown: z.string().nullish(),
});

const config = z.looseObject({
  configFile: z.string().nullish(),
  rootDir: z.string().nullish(),
  fullyParallel: z.boolean().nullish(),
  workers: z.number().min(1).nullish(),
  webServer: z.unknown().optional(),
  projects: z.array(project).nullish(),
  shard: z.looseObject({ total: z.number(), current: z.number() }).nullish(),
});

/** The report of Playwright's JSON reporter. */
export const playwrightReportSchema = z.looseObject({ config: config.nullish(), suites: z.array(suite) });

export type PlaywrightReport = z.infer<typeof playwrightReportSchema>;
export type PlaywrightConfig = z.infer<typeof config>;
export type PlaywrightResult = z.infer<typeof result>;
