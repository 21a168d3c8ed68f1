# Sums amount by product and region. setpath, as += would copy all sums for each row.
reduce inputs as $row ({};
  ($row.product + "\t" + $row.region) as $key
  | setpath([$key, 0]; getpath([$key, 0]) + 1)
  | setpath([$key, 1]; getpath([$key, 1]) + $row.amount))
| to_entries[]
| "group\t" + (.key | gsub("-"; "%2D")) + "\t\(.value[0])\t\(.value[1])"
