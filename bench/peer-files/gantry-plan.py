"""A plan of one, ten or two steps that set a value, behind a webhook that answers with the last one's output."""
import json
import sys

name = sys.argv[1]
value = {"n": 1, "body": "${trigger.body}"} if name == "w7" else {"n": 1}
count = {"w1": 1, "w2": 10, "w7": 2}[name]
print(json.dumps({
    "name": name,
    "on": [{"webhook": {"path": name, "open": True, "reply": "result", "wait": "60s"}}],
    "steps": [{"use": "logic.transform", "with": {"value": value}}] * count,
}))
