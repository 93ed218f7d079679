# The words of a text as JSON: [["the", 4], ...]
{
  tr -cs "A-Za-z'" '\n' < {inputs.text} | tr A-Z a-z | sort | uniq -c |
    awk 'BEGIN { printf "[" } { printf "%s[\"%s\",%d]", (NR > 1 ? "," : ""), $2, $1 } END { print "]" }'
} > {outputs.counts}
