// Logs of functions under test would drown the report. Tests that read a log give their own logger.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_TRACE_ENABLED ??= 'false';
process.env.POWERTOOLS_METRICS_NAMESPACE ??= 'Reprise/test';
