module.exports = require('./run-dir.cjs').teardown;
