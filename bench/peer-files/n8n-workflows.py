"""Workflows of one, ten and two Set nodes behind a webhook that answers with the last one's output, as n8n imports them."""
import json


def workflow(name, count, expression):
    hook = {"id": f"{name}-hook", "name": "Webhook", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "position": [0, 0], "webhookId": f"{name}-hook",
            "parameters": {"httpMethod": "POST", "path": name, "responseMode": "lastNode", "options": {}}}
    nodes, connections, last = [hook], {}, "Webhook"
    for number in range(count):
        node = f"Set{number}"
        nodes.append({"id": f"{name}-{number}", "name": node, "type": "n8n-nodes-base.set", "typeVersion": 3.4, "position": [200 * (number + 1), 0],
                      "parameters": {"mode": "manual", "options": {}, "assignments": {"assignments": [
                          {"id": f"{name}-a{number}", "name": "n", "type": "number", "value": 1}] + ([
                          {"id": f"{name}-b{number}", "name": "body", "type": "object", "value": expression}] if expression else [])}}})
        connections[last] = {"main": [[{"node": node, "type": "main", "index": 0}]]}
        last = node
    return {"id": name, "name": name, "active": True, "nodes": nodes, "connections": connections, "settings": {"executionOrder": "v1"}, "versionId": f"{name}-1"}


print(json.dumps([workflow("w1", 1, None), workflow("w2", 10, None), workflow("w7", 2, "={{ $('Webhook').item.json.body }}")]))
