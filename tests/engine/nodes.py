"""A real cluster of Ray on this machine: `python nodes.py PROCESSORS…` starts one node for each argument, the head
first, prints address and process ids as JSON, starts a further node for every line of its standard input, and stops what
it started when that ends.

Every process listens on 127.0.0.1 alone, which `ray start` refuses for a second node.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"


def main(processors: list[int]) -> None:
    """Starts the nodes and waits."""
    from ray.cluster_utils import Cluster

    common = {"object_store_memory": 128 << 20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={**common, "num_cpus": processors[0]})
    nodes = [cluster.head_node, *(cluster.add_node(**common, num_cpus=count) for count in processors[1:])]
    cluster.wait_for_nodes()
    raylets = [node.all_processes["raylet"][0].process.pid for node in nodes]
    (server,) = cluster.head_node.all_processes["gcs_server"]
    print(
        json.dumps({"address": cluster.address, "raylets": raylets, "server": server.process.pid}), flush=True
    )
    for line in sys.stdin:
        cluster.add_node(**common, num_cpus=int(line))
    cluster.shutdown()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
