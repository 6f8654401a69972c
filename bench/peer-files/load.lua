-- wrk: one request again and again; prints requests a second, the 99th percentile in ms and how many were answered with success.
local file = io.open(os.getenv("BODY"), "r")
local body = file:read("*a")
file:close()
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = body

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect + summary.errors.write
  io.write(string.format("RESULT %.1f %.2f %d\n", (summary.requests - failed) / (summary.duration / 1e6), latency:percentile(99) / 1000, summary.requests - summary.errors.status))
end
