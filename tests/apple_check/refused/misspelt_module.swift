// iOS refuses: no such module 'CorML'
import CorML
