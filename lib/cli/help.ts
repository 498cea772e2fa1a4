/** What `hewn --help` says. */
export const HELP = `hewn shows logs: of hewn, pino, bunyan, winston, ECS and logfmt. Other lines pass through.

  node app.js | hewn                           lines for people
  hewn app.log                                 a file, gzipped or not
  hewn logs/                                   a folder's logs in the order of time, rotated files first
  hewn -f logs/                                … and what is written to them from now on
  hewn --level 'warn,http=debug' app.log       what such levels would have logged
  hewn --since 10m --fields status,req.url logs/
  hewn --json app.log | jq .                   hewn's own line for each record

Which lines
  -l, --level LEVELS   as in LOG_LEVEL: warn,http=debug,app.db.**=trace,http[tenant=acme]=debug,-noisy.lib
  -s, --since WHEN     10m, 1h30m (ago), 10:00 (today), 2026-11-22, 2026-11-22T10:00, 2026-11-22T10:00Z
  -u, --until WHEN     the same
  -n, --lines N        the last N of them
  -f, --follow         go on when the end is reached, through rotation and truncation; begins with the last 10

How
      --fields A,B.C   of the fields only these; also pid, host, service, env, version, which are not shown else
      --json           JSON lines with hewn's names
      --logfmt         key=value lines
  Colours are for terminals; NO_COLOR and FORCE_COLOR are honoured, COLUMNS is the width where there is no terminal.

Commands
  hewn check [--offline] [--config FILE] [--env NAME] [SCRIPT]
                       reads the configuration as the application would, brings each receiver a test record, and
                       says what is wrong
  hewn explain NAME [FIELD=VALUE…] [--config FILE] [--env NAME]
                       says which rule decides a logger's level
  hewn ship [--to NAME,… | --to TYPE --url URL] [--spool DIR] [--service NAME] [--config FILE] [--env NAME]
                       sends the lines of standard input, or, with --spool, those that the transport spool() writes
                       there; to the configuration's network transports, or to one of elastic, graylog, http, tcp
  hewn replay [NAME|FILE…] [--to TYPE --url URL] [--spool DIR] [--service NAME] [--config FILE] [--env NAME]
                       sends again what receivers have refused and hewn has set aside, under the same ids
  hewn spool ls|tail|export|check [DIR] [--to NAME] [-n N] [-f]
                       what waits on disk and for whom; its last lines; all of them; whether they are whole
  hewn setup elastic [--dry-run] [--node URL] [--ca FILE] [--service NAME] [--retention 30d]
                     [--data-stream NAME | --index NAME] [--config FILE] [--env NAME]
                       makes the index template and the lifecycle policy that lines need in Elasticsearch or
                       OpenSearch, or shows what it would change; with --node, ELASTIC_API_KEY is the key

  -h, --help           this
  -v, --version        hewn's version

Exit status: 0; 1 if something could not be read or is wrong; 2 if the arguments cannot be understood.
`
